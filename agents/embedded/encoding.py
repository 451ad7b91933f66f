"""Content encodings of requests and responses: gzip, deflate, lz4 frames, zstd."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Final, Protocol

from schemas.errors import TooLargeError, UndecodableError

if TYPE_CHECKING:
    from collections.abc import Callable

STEP: Final = 64 * 1024
"""Bytes fed at once, so that a bomb is noticed early."""
_GZIP: Final = 16 + zlib.MAX_WBITS


class Compressor(Protocol):
    """Takes parts, gives compressed parts, and the rest at the end."""

    def compress(self, data: bytes) -> bytes:
        """Compress a part; may return nothing yet."""
        ...

    def flush(self) -> bytes:
        """End the stream."""
        ...


class _Lz4:
    def __init__(self) -> None:
        import lz4.frame  # type: ignore[import-untyped] # ships no types

        self._frame = lz4.frame.LZ4FrameCompressor()
        self._begun = False

    def compress(self, data: bytes) -> bytes:
        head = b"" if self._begun else bytes(self._frame.begin())
        self._begun = True
        return head + bytes(self._frame.compress(data))

    def flush(self) -> bytes:
        head = b"" if self._begun else bytes(self._frame.begin())
        return head + bytes(self._frame.flush())


def _zstd() -> Compressor:
    import zstandard

    return zstandard.ZstdCompressor(level=1).compressobj()


_COMPRESSORS: Final[dict[str, Callable[[], Compressor]]] = {
    "lz4": _Lz4,
    "zstd": _zstd,
    "gzip": lambda: zlib.compressobj(1, wbits=_GZIP),
    "deflate": lambda: zlib.compressobj(1),
}


def choose(accepted: str) -> str:
    """The first encoding of an ``Accept-Encoding`` header that is known here; empty for none."""
    offers = (part.partition(";") for part in accepted.split(","))
    names = [name.strip().lower() for name, _, quality in offers if quality.replace(" ", "") not in {"q=0", "q=0.0"}]
    return next((name for name in names if name in _COMPRESSORS), "")


def compressor(encoding: str) -> Compressor:
    """A new compressor for one of the names that :func:`choose` gives."""
    return _COMPRESSORS[encoding]()


def decompress(data: bytes, encoding: str, limit: int) -> bytes:
    """Undo a ``Content-Encoding``.

    Raises:
        UndecodableError: the encoding is unknown, or the data are damaged or cut off.
        TooLargeError: more than ``limit`` bytes come out.
    """
    if encoding in {"", "identity"}:
        return data
    stream, damage = _decompressor(encoding)
    out = bytearray()
    try:
        for start in range(0, len(data), STEP):
            out += stream.decompress(data[start : start + STEP])
            if len(out) > limit:
                msg = f"the request grows over {limit} bytes"
                raise TooLargeError(msg)
    except damage as error:
        msg = f"the request is no sound {encoding}: {error}"
        raise UndecodableError(msg) from error
    if not stream.eof or stream.unused_data:
        msg = f"the request is no sound {encoding}: it is cut off, or something follows it"
        raise UndecodableError(msg)
    return bytes(out)


def _decompressor(encoding: str) -> tuple[Any, tuple[type[Exception], ...]]:
    """An object with ``decompress``, ``eof`` and ``unused_data``, and what it raises on damage."""
    if encoding in {"gzip", "deflate"}:
        return zlib.decompressobj(_GZIP if encoding == "gzip" else zlib.MAX_WBITS), (zlib.error,)
    if encoding == "lz4":
        import lz4.frame

        return lz4.frame.LZ4FrameDecompressor(), (RuntimeError, EOFError)
    if encoding == "zstd":
        import zstandard

        return zstandard.ZstdDecompressor().decompressobj(), (zstandard.ZstdError, EOFError)
    msg = f"Content-Encoding {encoding} is not supported, only gzip, deflate, lz4 and zstd"
    raise UndecodableError(msg)
