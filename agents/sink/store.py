"""Inserts into ClickHouse over HTTP, with errors that say whether trying again can help."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from agents import metrics
from agents.clickhouse.client import connect
from schemas.errors import KhabarError, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clickhouse_connect.driver.client import Client

    from agents.settings import Settings
    from agents.sink.rows import Row

REFUSED_CODES: Final = frozenset(
    {
        6,  # CANNOT_PARSE_TEXT
        26,  # CANNOT_PARSE_QUOTED_STRING
        27,  # CANNOT_PARSE_INPUT_ASSERTION_FAILED
        38,  # CANNOT_PARSE_DATE
        41,  # CANNOT_PARSE_DATETIME
        53,  # TYPE_MISMATCH
        69,  # ARGUMENT_OUT_OF_BOUND
        70,  # CANNOT_CONVERT_TYPE
        72,  # CANNOT_PARSE_NUMBER
        117,  # INCORRECT_DATA
        131,  # TOO_LARGE_STRING_SIZE
        190,  # SIZES_OF_ARRAYS_DONT_MATCH
        321,  # VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
        349,  # CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
        469,  # VIOLATED_CONSTRAINT
        691,  # UNKNOWN_ELEMENT_OF_ENUM
    }
)
"""What ClickHouse answers when a row itself is wrong. Every other code (overload, read-only, disk full, a missing
table, a wrong password) is no row's fault: the sink holds its partition until somebody has repaired it."""


class Store:
    """One HTTP client; connects on first use and after it was lost."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is sent yet."""
        self._settings = settings
        self._client: Client | None = None
        self._types: dict[str, dict[str, Any]] = {}

    def insert(self, table: str, rows: Sequence[Row], token: str) -> None:
        """Insert rows, all of the same columns; a repeated ``token`` inserts nothing twice.

        Raises:
            StoreError: retriable, or not when these rows themselves are refused.
        """
        started = time.monotonic()
        try:
            self._insert(table, rows, token)
        except KhabarError:
            raise
        except Exception as error:  # clickhouse-connect passes on whatever a value's conversion raises
            raise store_error(table, error) from error
        metrics.insert_seconds.labels(table).observe(time.monotonic() - started)

    def _insert(self, table: str, rows: Sequence[Row], token: str) -> None:
        if self._client is None:
            self._client = connect(self._settings)
        types = self._column_types(self._client, table)
        columns = list(rows[0])
        self._client.insert(
            table,
            [[row[column] for row in rows] for column in columns],
            column_names=columns,
            column_types=[types[column] for column in columns],
            column_oriented=True,
            settings={"insert_deduplication_token": token, "async_insert": 0, "wait_end_of_query": 1},
        )

    def _column_types(self, client: Client, table: str) -> dict[str, Any]:
        """Types of a table's columns, asked for once."""
        if table not in self._types:
            context = client.create_insert_context(table)
            self._types[table] = dict(zip(context.column_names, context.column_types, strict=True))
        return self._types[table]


def store_error(table: str, error: Exception) -> StoreError:
    """Say what failed, and whether the rows are to blame (then trying again cannot help)."""
    from clickhouse_connect.driver.exceptions import DataError, Error

    code = getattr(error, "code", None)
    from_client = isinstance(error, (Error, OSError, KeyError))
    refused = code in REFUSED_CODES or isinstance(error, DataError) or not from_client
    reason = f"{type(error).__name__}: {error}".strip()
    if isinstance(error, KeyError):
        reason = f"column {error} is missing; run `khabar migrate`"
    return StoreError(f"insert into {table}: {reason}", retriable=not refused)
