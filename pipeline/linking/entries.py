"""Rows of a gazetteer file to entries; an analyst's own rows are checked first."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, cast

from pipeline.linking.files import Row, read_rows
from pipeline.linking.records import Entry, Tenure
from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from schemas.annotations import EntityType

_TYPES: Final = ("PER", "LOC", "ORG", "MISC")
_COUNTRY: Final = re.compile(r"(?:[A-Z]{3})?")
_DAY: Final = r"(?:\d{4}(?:-\d\d(?:-\d\d)?)?)?"
_TENURE: Final = re.compile(rf"[a-z_]+@[\w+-]+(?: {_DAY}/{_DAY})?")


def entry_of(row: Row, kind: EntityType, identifier: str) -> Entry:
    """Make an entry of a row of the package."""
    return Entry(
        identifier,
        kind,
        row["name"],
        row["name_en"],
        row["country"] or None,
        row["wikidata"],
        row.several("variants"),
        row["kind"],
        tuple(_tenure(part) for part in row.several("tenures", ";")),
    )


def entries_of(path: Path) -> Iterator[Entry]:
    """Read an analyst's file (docs/gazetteer.md).

    Raises:
        ConfigurationError: the file cannot be read, or a row is wrong; the message says which and what is expected.
    """
    for row in read_rows(path):
        _check(row, path)
        yield entry_of(
            row, cast("EntityType", row["type"]), row["key"] or f"extra:{slug(row['name_en'] or row['name'])}"
        )


def slug(name: str) -> str:
    """Give a name as a key: lower-case ASCII words with hyphens, or the name itself where it has no such letter."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode().replace("'", "")
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split()) or "-".join(name.split())


def _check(row: Row, path: Path) -> None:
    problems = [
        (row["type"] not in _TYPES, f"type must be one of {', '.join(_TYPES)}"),
        (not row["name"], "name is empty"),
        (not _COUNTRY.fullmatch(row["country"]), "country must be an ISO 3166 alpha-3 code, IGO, NGO or empty"),
        (
            any(not _TENURE.fullmatch(part) for part in row.several("tenures", ";")),
            "a tenure must read role@PLACE from/to, as foreign_minister@FRA 2012-05-17/2016-02-11",
        ),
    ]
    for wrong, message in problems:
        if wrong:
            msg = f"{path}, entry {row['name'] or row['name_en'] or '(without a name)'}: {message}"
            raise ConfigurationError(msg)


def _tenure(text: str) -> Tenure:
    office, _, dates = text.strip().partition(" ")
    role, _, place = office.partition("@")
    start, _, end = dates.partition("/")
    return Tenure(role, place, start, end)
