"""Bytes to models and back: orjson reads and writes, msgspec checks."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec
import orjson

from schemas.errors import InvalidFieldError, TombstoneError, TooLargeError, UndecodableError

T = TypeVar("T")
_AT_PATH = re.compile(r"^(?P<expected>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)


def decode(data: bytes | None, model: type[T], *, limit: int) -> T:
    """Read one message.

    Raises:
        TombstoneError: there is no value.
        TooLargeError: more than ``limit`` bytes.
        UndecodableError: not one JSON value in UTF-8 (lone surrogates and endless nesting included).
        InvalidFieldError: a field is missing or wrong; the error names it.
    """
    if data is None:
        msg = "the record has no value (a tombstone)"
        raise TombstoneError(msg)
    if len(data) > limit:
        msg = f"the message has {len(data):,} bytes; at most {limit:,} are allowed"
        raise TooLargeError(msg)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        msg = f"the message is not JSON in UTF-8: {error}"
        raise UndecodableError(msg) from error
    return convert(value, model)


def convert(value: object, model: type[T]) -> T:
    """Check an already parsed JSON value against a model; raises :class:`InvalidFieldError`."""
    try:
        return msgspec.convert(value, model)
    except msgspec.ValidationError as error:
        found = _AT_PATH.match(str(error))
        expected = found["expected"] if found else str(error)
        raise InvalidFieldError((found and found["path"]) or "$", expected) from error


def encode(message: msgspec.Struct) -> bytes:
    """Write one message as JSON in UTF-8."""
    return orjson.dumps(msgspec.to_builtins(message))
