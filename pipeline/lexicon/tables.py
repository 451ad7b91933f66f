"""Reading of the lexicon's TOML files: by name and type, so that a file that is wrong says where."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.text import fold
from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Value = TypeVar("Value")


class Table:
    """A table of a lexicon file; ``place`` names file and table in errors.

    Every reader raises :class:`schemas.errors.ConfigurationError` when the key is absent or of another type.
    """

    def __init__(self, data: Mapping[str, Any], place: str) -> None:
        """Take the parsed TOML."""
        self._data = data
        self.place = place

    def __contains__(self, key: str) -> bool:
        """Whether the table has the key."""
        return key in self._data

    def __iter__(self) -> Iterator[str]:
        """The keys, in the order of the file."""
        return iter(self._data)

    def _value(self, key: str, kind: type[Value] | tuple[type[Value], ...], expected: str) -> Value:
        value = self._data.get(key)
        if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
            msg = f"{self.place}: {key} must be {expected}, not {value!r}"
            raise ConfigurationError(msg)
        return value

    def text(self, key: str) -> str:
        """A string."""
        return self._value(key, str, "a string")

    def number(self, key: str) -> int:
        """A whole number."""
        return self._value(key, int, "a whole number")

    def amount(self, key: str) -> float:
        """A number with or without a fraction."""
        return float(self._value(key, (int, float), "a number"))

    def flag(self, key: str) -> bool:
        """True or false; false where the key is absent."""
        return key in self._data and self._value(key, bool, "true or false")

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, as written."""
        found = self._value(key, list, "a list of strings")
        if not all(isinstance(item, str) for item in found):
            msg = f"{self.place}: {key} must be a list of strings, not {found!r}"
            raise ConfigurationError(msg)
        return tuple(found)

    def words(self, key: str) -> frozenset[str]:
        """A list of words, folded (:func:`pipeline.text.fold`)."""
        return frozenset(map(fold, self.texts(key)))

    def table(self, key: str) -> Table:
        """A table inside this one."""
        return Table(self._value(key, dict, "a table"), f"{self.place} [{key}]")

    def rows(self, key: str) -> tuple[Table, ...]:
        """A list of tables; empty where the key is absent."""
        rows = self._value(key, list, "a list of tables") if key in self._data else []
        return tuple(Table(row, f"{self.place} [[{key}]] {number}") for number, row in enumerate(rows, 1))


@cache
def read(name: str) -> Table:
    """Read a TOML file of the package's lexicon, by its path under ``pipeline/lexicon``; once a process.

    Raises:
        ConfigurationError: the file is no TOML.
    """
    return parse((files("pipeline.lexicon") / name).read_text(encoding="utf-8"), name)


def parse(text: str, name: str) -> Table:
    """Parse the text of a lexicon file; ``name`` stands for it in errors; raises what :func:`read` does."""
    try:
        return Table(tomllib.loads(text), name)
    except tomllib.TOMLDecodeError as error:
        msg = f"{name}: not valid TOML ({error})"
        raise ConfigurationError(msg) from error
