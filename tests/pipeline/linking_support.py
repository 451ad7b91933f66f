"""Documents out of marked sentences: {PER|باراك أوباما} is an entity, {PER!أوباما} the one in question, <…> a span."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from schemas.annotations import Entity
from schemas.document import Document

_MARK = re.compile(r"\{(?P<type>PER|LOC|ORG|MISC)(?P<sign>[|!])(?P<text>[^}]*)\}|(?P<open><)|(?P<close>>)")
DATA = Path(__file__).parent / "data"


@dataclass
class Marked:
    """A document, the entity in question and the span in question."""

    document: Document
    target: Entity | None = None
    start: int = 0
    end: int = 0


def read(marked: str, date: str = "") -> Marked:
    """Make a document of a marked sentence; without a date, its date is a default."""
    entities: list[Entity] = []
    result = Marked(Document(id="a", revision=1, source="test", title="", body="x", published_at=""))
    text, last = "\n\n", 0
    for match in _MARK.finditer(marked):
        text += marked[last : match.start()]
        last = match.end()
        if match["open"]:
            result.start = len(text)
        elif match["close"]:
            result.end = len(text)
        else:
            start = len(text)
            text += match["text"]
            entities.append(Entity(start=start, end=len(text), text=match["text"], type=match["type"]))
            if match["sign"] == "!":
                result.target = entities[-1]
    text += marked[last:]
    result.document.body = text[2:]
    result.document.published_at = f"{date or '2026-01-01'}T00:00:00Z"
    result.document.published_at_defaulted = not date
    result.document.entities = entities
    return result


def rows(name: str) -> list[list[str]]:
    """Read a table of the data folder: tab-separated, # begins a comment."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
