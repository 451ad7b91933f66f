"""Kinds, phases, natural names and codes: ``pipeline/lexicon/ontology.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, cast

from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.annotations import Phase

FILE: Final = "ontology.toml"


@dataclass(frozen=True, slots=True)
class PhaseCodes:
    """What an event of a kind in one phase is called: naturally, in CAMEO and in PLOVER."""

    event_type: str
    cameo: str
    plover: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event and the phases that it can be in."""

    name: str
    english: str
    arabic: str
    covers: str
    phases: dict[Phase, PhaseCodes]


@dataclass(frozen=True, slots=True)
class Ontology:
    """All kinds, and what each phase means."""

    kinds: dict[str, Kind]
    phases: dict[Phase, str]

    def phase_of(self, kind: str, wanted: str) -> Phase:
        """``wanted``, or ``realised`` where the kind does not have it."""
        return next((p for p in self.kinds[kind].phases if p == wanted), "realised")


@lru_cache(maxsize=4)
def load_ontology(extra: Path | None = None) -> Ontology:
    """Read the shipped ontology, then the kinds of ``extra/ontology.toml`` if there is one.

    Raises:
        ConfigurationError: a kind lacks one of its keys; the message names it.
    """
    shipped = tomllib.loads((resources.files("pipeline.lexicon") / FILE).read_text(encoding="utf-8"))
    own = tomllib.loads((extra / FILE).read_text(encoding="utf-8")) if extra and (extra / FILE).exists() else {}
    phases = cast("dict[Phase, str]", shipped["phases"])
    tables = {**shipped["kinds"], **own.get("kinds", {})}
    return Ontology({name: _kind(name, table, phases) for name, table in tables.items()}, phases)


def _kind(name: str, table: dict[str, Any], known: dict[Phase, str]) -> Kind:
    missing = {"english", "arabic", "covers", "phases"} - set(table)
    unknown = set(table.get("phases", {})) - set(known)
    if missing or unknown or "realised" not in table["phases"]:
        msg = (
            f"{FILE}: kind {name}: needs english, arabic, covers and phases (realised at least, of {', '.join(known)})"
        )
        raise ConfigurationError(msg)
    names = table.get("names", {})
    phases = {
        cast("Phase", phase): PhaseCodes(
            names.get(phase, f"{name}_{phase}"), codes.get("cameo", ""), codes.get("plover", "")
        )
        for phase, codes in table["phases"].items()
    }
    return Kind(name, table["english"], table["arabic"], table["covers"], phases)
