"""Mentions of an article on their way to being linked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pipeline.linking.spelling import joined, skeleton, words

if TYPE_CHECKING:
    from pipeline.linking.context import Context
    from pipeline.linking.records import Entry
    from schemas.annotations import Entity

_MARKS: Final = re.compile(r"[«»“”\"'‹›„_\u0640\u064b-\u0652\u200b-\u200f]")
_GLOSS: Final = re.compile(r"\s*\(([^)]*)\)?\s*")


@dataclass(slots=True)
class Link:
    """Who a mention is; mentions of one thing share one link, so that they get the same name."""

    name: str
    name_en: str = ""
    country: str | None = None
    entity_id: str = ""
    role: str = ""
    role_from: str = ""
    role_to: str = ""
    entry: Entry | None = None


@dataclass(slots=True)
class Mention:
    """An entity with its words and, once known, its link."""

    entity: Entity
    first: int
    last: int
    parts: list[str] = field(default_factory=list)
    clean: str = ""
    link: Link | None = None

    @classmethod
    def of(cls, entity: Entity, context: Context) -> Mention:
        """Read the words of an entity; ``first:last`` are its token indices."""
        clean = tidy(entity.text)
        first = context.index(entity.start)
        return cls(entity, first, max(context.index(entity.end), first + 1), joined(words(clean)), clean)


def tidy(text: str) -> str:
    """Give a name without quotation marks, vowel marks and line breaks, and للـ as الـ."""
    clean = " ".join(_MARKS.sub("", text).split())
    return "ال" + clean[2:] if clean.startswith("لل") and len(clean) > len("للهم") else clean


def glossed(text: str) -> list[str]:
    """Split "حركة المقاومة الإسلامية (حماس)" into what is outside and what is inside the brackets."""
    outside = _GLOSS.sub(" ", text).strip()
    inside = [found.strip() for found in _GLOSS.findall(text)]
    return [part for part in (outside, *inside) if part and part != text]


def bare(word: str) -> str:
    """Give a folded word without the article."""
    return word[2:] if word.startswith("ال") and len(word) > len("الله") else word


def contains(longer: list[str], shorter: list[str], *, by_sound: bool = False) -> bool:
    """Say whether all words of a name are among those of a longer one, articles aside; ``by_sound`` for foreign names."""
    have = {bare(word) for word in longer}
    want = {bare(word) for word in shorter}
    if want <= have:
        return bool(want)
    return by_sound and {skeleton(word) for word in want} <= {skeleton(word) for word in have}
