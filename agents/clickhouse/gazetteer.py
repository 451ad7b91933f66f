"""The pipeline's gazetteer as the table ``entities``."""

from __future__ import annotations

from contextlib import closing
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from agents.clickhouse.client import connect, store_errors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agents.settings import Settings
    from pipeline.linking import Entry

COLUMNS: Final = (
    "entity_id",
    "type",
    "kind",
    "name",
    "name_en",
    "variants",
    "country",
    "roles",
    "role_places",
    "role_froms",
    "role_tos",
)


def load_gazetteer(settings: Settings, entries: Iterable[Entry] | None = None) -> int:
    """Make ``entities`` hold the gazetteer of this release and nothing else; return how many rows were written.

    0: it did already. Needs the migrations. Raises StoreError when ClickHouse refuses.
    """
    by_id = {entry.entity_id: entity_row(entry) for entry in (_packaged() if entries is None else entries)}
    rows = sorted(by_id.values())
    version = sha256(repr(rows).encode()).hexdigest()[:16]
    with closing(connect(settings)) as client, store_errors("the gazetteer cannot be loaded"):
        held = client.query("SELECT uniqExact(gazetteer), any(gazetteer), count() FROM entities FINAL").result_rows[0]
        if held == (1, version, len(rows)):
            return 0
        client.insert("entities", [[*row, version] for row in rows], column_names=[*COLUMNS, "gazetteer"])
        # Readers see both releases for a moment, never an empty table.
        client.command(
            "DELETE FROM entities WHERE gazetteer != {version:String}",
            parameters={"version": version},
            settings={"lightweight_deletes_sync": 2},
        )
    return len(rows)


def entity_row(entry: Entry) -> tuple[Any, ...]:
    """One row, in the order of :data:`COLUMNS`."""
    return (
        entry.entity_id,
        entry.type,
        entry.kind,
        entry.name,
        entry.name_en,
        list(entry.variants),
        entry.country or "",
        [tenure.role for tenure in entry.tenures],
        [tenure.place for tenure in entry.tenures],
        [tenure.start for tenure in entry.tenures],
        [tenure.end for tenure in entry.tenures],
    )


def _packaged() -> Iterable[Entry]:
    from pipeline.linking.gazetteer import Gazetteer

    return Gazetteer().entries.values()
