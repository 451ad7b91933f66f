"""Where the statement of an INSERT ends and its data begins."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

# quoted names and strings, comments, words, and any other single character
_TOKEN: Final = re.compile(
    rb"""'(?:\\.|''|[^'\\])*'|`(?:\\.|``|[^`\\])*`|"(?:\\.|""|[^"\\])*"|--[^\n]*|/\*.*?\*/|\w+|[^\w\s]""", re.DOTALL
)
_COMMENT: Final = (b"--", b"/*")
_SELECTS: Final = frozenset({b"SELECT", b"WITH", b"FROM", b"WATCH"})


class Insert(NamedTuple):
    """An INSERT up to its settings, its ``SETTINGS`` clause if any, the format of its data, and the data."""

    statement: str
    settings: str
    input_format: str
    data: bytes


def split_insert(text: bytes) -> Insert | None:
    """Take an INSERT with data apart; None for any other statement, ``INSERT … SELECT`` and ``FROM INFILE`` too.

    The data of ``FORMAT x`` begin after the next line break, or after the blanks where there is none, as in the
    server; those of ``VALUES`` at once.
    """
    words = (match for match in _TOKEN.finditer(text) if not match[0].startswith(_COMMENT))
    first = next(words, None)
    if first is None or first[0].upper() != b"INSERT":
        return None
    depth, seen_table, settings_at = 0, 0, None
    for match in words:
        word = match[0].upper()
        depth += (word == b"(") - (word == b")")
        if depth or word in {b"INTO", b"TABLE", b"FUNCTION"}:
            continue
        seen_table += 1  # the first word after INTO is a name, whatever it spells
        if seen_table == 1:
            continue
        if word in _SELECTS:
            return None
        if word == b"SETTINGS":
            settings_at = match.start()
        if word == b"VALUES":
            return Insert(*_head(text[: match.start()], settings_at), "Values", text[match.end() :])
        if word == b"FORMAT":
            return _after_format(text, _head(text[: match.start()], settings_at), next(words, None))
    return Insert(*_head(text, settings_at), "Values", b"")


def _head(text: bytes, settings_at: int | None) -> tuple[str, str]:
    cut = len(text) if settings_at is None else settings_at
    return text[:cut].decode(), text[cut:].decode()


def _after_format(text: bytes, head: tuple[str, str], name: re.Match[bytes] | None) -> Insert | None:
    if name is None:
        return None
    blanks = re.compile(rb"[ \t\r]*\n?").match(text, name.end())
    data = text[blanks.end() if blanks else name.end() :]
    return Insert(*head, name[0].decode(), data)
