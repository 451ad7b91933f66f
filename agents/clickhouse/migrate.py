"""The numbered SQL files of ``schemas/clickhouse``, applied once each and in order.

The same files serve the embedded engine, a server and a cluster: what differs stands in two placeholders,
``$on_cluster`` and ``$replacing_merge_tree``, filled in here and nowhere else.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Final

from agents.clickhouse.client import connect, store_errors
from agents.clickhouse.gazetteer import load_gazetteer
from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from agents.settings import Settings

_NAME: Final = re.compile(r"^(\d{4})_\w+\.sql$")
_COMMENT_LINE: Final = re.compile(r"^\s*--.*$", re.MULTILINE)
_STATEMENT_END: Final = re.compile(r";\s*$", re.MULTILINE)
_RECORD_TABLE: Final = """
CREATE TABLE IF NOT EXISTS schema_migrations $on_cluster
(version UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
ENGINE = $replacing_merge_tree ORDER BY version
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Of the file before its placeholders are filled in."""
        return sha256(self.sql.encode()).hexdigest()[:16]

    def statements(self, cluster: str) -> list[str]:
        """Its statements, ready to run; ``cluster`` empty: one node."""
        bare = _COMMENT_LINE.sub("", render(self.sql, cluster))
        return [s.strip() for s in _STATEMENT_END.split(bare) if s.strip()]


def render(sql: str, cluster: str) -> str:
    """Fill in what differs between one node and a cluster."""
    return Template(sql).substitute(
        on_cluster=f"ON CLUSTER '{cluster}'" if cluster else "",
        replacing_merge_tree="ReplicatedReplacingMergeTree" if cluster else "ReplacingMergeTree",
    )


def migrations() -> list[Migration]:
    """All migrations of this release, in order."""
    found = []
    for entry in files("schemas").joinpath("clickhouse").iterdir():
        match = _NAME.match(entry.name)
        if match:
            found.append(Migration(int(match[1]), entry.name, entry.read_text("utf-8")))
    return sorted(found, key=lambda migration: migration.version)


def migrate(settings: Settings) -> list[str]:
    """Create the database where it is missing, apply what is new, load the gazetteer; return what was done.

    Raises:
        ConfigurationError: a file was changed after it had been applied.
        StoreError: ClickHouse does not answer or refuses a statement.
    """
    cluster = settings.clickhouse_cluster
    database = settings.clickhouse_database
    with closing(connect(settings, database="")) as client, store_errors(f"cannot create database {database}"):
        client.command(render(f"CREATE DATABASE IF NOT EXISTS {database} $on_cluster", cluster))
    with closing(connect(settings)) as client:
        done = apply(client, migrations(), cluster)
    entities = load_gazetteer(settings)
    return [*done, f"gazetteer of {entities:,} entities"] if entities else done


def apply(client: Client, wanted: list[Migration], cluster: str = "") -> list[str]:
    """Apply to the client's own database those of ``wanted`` that are not recorded there."""
    with store_errors("cannot read which migrations were applied"):
        client.command(render(_RECORD_TABLE, cluster))
        rows = client.query("SELECT version, checksum FROM schema_migrations FINAL").result_rows
    recorded = {int(version): str(checksum) for version, checksum in rows}
    applied = []
    for migration in wanted:
        if migration.version in recorded:
            _check_unchanged(migration, recorded[migration.version])
        else:
            _apply_one(client, migration, cluster)
            applied.append(migration.name)
    return applied


def _check_unchanged(migration: Migration, recorded: str) -> None:
    if migration.checksum != recorded:
        msg = (
            f"{migration.name} was changed after it had been applied here: put the change into a new migration, "
            "or drop the database and publish the articles again"
        )
        raise ConfigurationError(msg)


def _apply_one(client: Client, migration: Migration, cluster: str) -> None:
    with store_errors(f"migration {migration.name} failed"):
        for statement in migration.statements(cluster):
            client.command(statement)
        client.insert(
            "schema_migrations",
            [(migration.version, migration.name, migration.checksum)],
            column_names=["version", "name", "checksum"],
        )
