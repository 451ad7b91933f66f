"""Particles around a trigger (lexicon/particles.toml), folded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.lexicon.tables import read
from pipeline.text import fold


@dataclass(frozen=True, slots=True)
class Particles:
    """The lists of the file; what each means stands there."""

    governors: frozenset[str]
    agent: tuple[str, ...]
    between: tuple[str, ...]
    transparent: frozenset[str]
    places: frozenset[str]
    of: str
    that: str


@cache
def particles() -> Particles:
    """Read the file (once a process); raises what :func:`pipeline.lexicon.tables.read` does."""
    table = read("particles.toml")
    return Particles(
        governors=table.words("governors"),
        agent=tuple(map(fold, table.texts("agent"))),
        between=tuple(map(fold, table.texts("between"))),
        transparent=table.words("transparent"),
        places=table.words("places"),
        of=fold(table.text("of")),
        that=fold(table.text("that")),
    )
