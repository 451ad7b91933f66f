"""The rules for analysts in ``analyst.toml``: what they name, and the settings and bounds that hold for a query."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import resources
from typing import TYPE_CHECKING, Final

from agents.embedded.chdb_store import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.embedded.chdb_store import Session

ANALYSTS_AT_ONCE: Final = 6
ACCESS_DENIED: Final = 497
READONLY: Final = 164
TOO_MANY: Final = 396


@dataclass(frozen=True, slots=True)
class Rules:
    """``analyst.toml``, names in lower case where the engine ignores case."""

    statements: frozenset[str]
    described: frozenset[str]
    table_functions: frozenset[str]
    refused_functions: frozenset[str]
    reviewed_release: str
    """The newest release of the engine whose functions were read through for ``refused_functions``."""
    system_tables: frozenset[str]
    settings: tuple[str, ...]
    limits: Mapping[str, int]
    """Hold for every query; a request may lower them."""
    ceilings: Mapping[str, int]
    """The most that a request may set; without it the engine's own default holds."""
    fixed: Mapping[str, str]


def load_rules() -> Rules:
    """Read the rules that come with the package."""
    raw = tomllib.loads(resources.files("agents.embedded").joinpath("analyst.toml").read_text("utf-8"))
    return Rules(
        statements=frozenset(raw["statements"]),
        described=frozenset(raw["described"]),
        table_functions=frozenset(name.lower() for name in raw["table_functions"]),
        refused_functions=frozenset(name.lower() for name in raw["refused_functions"]),
        reviewed_release=raw["reviewed_release"],
        system_tables=frozenset(raw["system_tables"]),
        settings=tuple(raw["settings"]),
        limits=_scaled(raw["limits"]),
        ceilings=raw["ceilings"],
        fixed={name: str(value) for name, value in raw["fixed"].items()},
    )


def _scaled(limits: Mapping[str, int]) -> dict[str, int]:
    """All queries that run at once take no more than half of this machine's memory."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {**limits, "max_memory_usage": min(limits["max_memory_usage"], total // (2 * ANALYSTS_AT_ONCE))}


def restrict(session: Session, asked: Mapping[str, str], rules: Rules) -> None:
    """Apply the settings that a request may bring, the bounds, and ``readonly=1`` last.

    Raises:
        QueryError: a setting that analysts may not change, or a bound raised (READONLY).
    """
    bounds = {name: str(limit) for name, limit in rules.limits.items()}
    for name, value in asked.items():
        if name in rules.limits:
            bounds[name] = _lower(name, value, rules.limits[name])
        elif name in rules.ceilings:
            _lower(name, value, rules.ceilings[name])
        elif not any(fnmatchcase(name, pattern) for pattern in rules.settings) and name != "readonly":
            msg = f"Cannot modify '{name}' setting in readonly mode"
            raise denied(msg, READONLY)
    session.set({name: value for name, value in asked.items() if name not in {*rules.limits, "readonly"}})
    session.set(bounds)
    session.set(rules.fixed)


def check_size(size: int, rules: Rules) -> None:
    """Refuse a result whose text is too large to be held here: the engine counts its columns, not what names them."""
    if size > rules.limits["max_result_bytes"]:
        msg = f"Limit for result exceeded, its text has {size} bytes"
        raise QueryError(f"Code: {TOO_MANY}. DB::Exception: {msg}. (TOO_MANY_ROWS_OR_BYTES)", TOO_MANY)  # noqa: EM102


def _lower(name: str, value: str, limit: int) -> str:
    if not value.isdecimal() or not 0 < int(value) <= limit:
        msg = f"Setting {name} must be between 1 and {limit} for this user"
        raise denied(msg, READONLY)
    return value


def denied(message: str, code: int = ACCESS_DENIED) -> QueryError:
    """A refusal with ClickHouse's code, to be raised."""
    name = "READONLY" if code == READONLY else "ACCESS_DENIED"
    return QueryError(f"Code: {code}. DB::Exception: {message}. ({name})", code)
