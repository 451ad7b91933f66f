"""The heads of the shared encoder: which labels each scores, and where its scores stand in the output."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

ENTITY_TYPES: Final = ("PER", "LOC", "ORG", "MISC")
QUOTE_KINDS: Final = ("direct", "indirect", "mixed")
PHASES: Final = ("proposed", "arranged", "realised", "supported", "rejected", "ended")
EVENT_KINDS: Final = (
    "meeting", "call", "visit", "negotiation", "agreement", "guarantee", "ceasefire", "membership", "aid", "sanction",
    "deployment", "territory", "attack", "detention", "release", "protest", "accusation", "condemnation", "threat",
)  # fmt: skip
UPOS: Final = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ",
    "SYM", "VERB", "X",
)  # fmt: skip
LINK_ROLES: Final = ("source", "target")
LINK_SIZE: Final = 64
"""Width of the two projections whose dot product scores a trigger with an actor."""
MOST_CLITIC_LETTERS: Final = 3


def bio(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """O, then B and I of every kind (Ramshaw and Marcus 1995)."""
    return ("O", *(f"{part}-{kind}" for kind in kinds for part in "BI"))


@dataclass(frozen=True, slots=True)
class Heads:
    """Names of heads with their labels; the scores of all heads stand side by side in this order."""

    labels: dict[str, tuple[str, ...]]

    @property
    def width(self) -> int:
        """Columns of the scores."""
        return sum(len(labels) for labels in self.labels.values())

    def columns(self, head: str) -> slice:
        """Where the scores of ``head`` stand."""
        start = 0
        for name, labels in self.labels.items():
            if name == head:
                return slice(start, start + len(labels))
            start += len(labels)
        raise KeyError(head)

    @classmethod
    def load(cls, path: Path) -> Heads:
        """Read ``labels.json``."""
        return cls({name: tuple(labels) for name, labels in json.loads(path.read_text(encoding="utf8")).items()})


SHIPPED: Final = Heads(
    {
        "entities": bio(ENTITY_TYPES),
        "entities_anercorp": bio(ENTITY_TYPES),
        "upos": UPOS,
        "clitics": tuple(map(str, range(MOST_CLITIC_LETTERS + 1))),
        "quotes": bio(QUOTE_KINDS),
        "cues": bio(("cue",)),
        "speakers": bio(("speaker",)),
        "triggers": bio(EVENT_KINDS),
        "phases": PHASES,
        "negated": ("no", "yes"),
        "actors": bio(("actor",)),
    }
)
"""What a shipped model scores; ``clitics`` counts the letters before the stem of a word."""
