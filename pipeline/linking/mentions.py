"""Mentions of an article on their way to being linked."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.linking.spelling import joined, skeleton, spellings, words
from pipeline.script import HARAKAT, PRESENTATION, TATWEEL

if TYPE_CHECKING:
    from pipeline.linking.context import Context
    from pipeline.linking.records import Entry
    from schemas.annotations import Entity

_MARKS: Final = re.compile(rf"[«»“”\"'‹›„{TATWEEL}{HARAKAT}\u200b-\u200f]")
_SHORTEST_DEFINITE: Final = 5
"""Letters of a word whose first two can be the article; الله and اللهم are whole."""
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
        return cls(entity, first, max(context.behind(entity.end), first + 1), joined(words(clean)), clean)


def tidy(text: str) -> str:
    """Give a name without quotation marks, vowel marks and line breaks, and للـ as الـ."""
    plain = unicodedata.normalize("NFKC", text) if PRESENTATION.search(text) else text
    clean = _clitic().sub("", " ".join(_MARKS.sub("", plain.replace("_", " ")).split()))
    merged = clean.startswith(affixes().merged) and len(clean) >= _SHORTEST_DEFINITE
    return affixes().article + clean.removeprefix(affixes().merged) if merged else clean


@cache
def _clitic() -> re.Pattern[str]:
    """One or two clitics before a name in Latin letters."""
    return re.compile(rf"^[{affixes().and_}{affixes().by}{affixes().to}]{{1,2}}(?=[A-Za-z])")


def glossed(text: str) -> list[str]:
    """Split "حركة المقاومة الإسلامية (حماس)" into what is outside and what is inside the brackets."""
    outside = _GLOSS.sub(" ", text).strip()
    inside = [found.strip() for found in _GLOSS.findall(text)]
    return [part for part in (outside, *inside) if part and part != text]


def bare(word: str) -> str:
    """Give a folded word without the article."""
    return word.removeprefix(affixes().article) if len(word) >= _SHORTEST_DEFINITE else word


def contains(longer: list[str], shorter: list[str]) -> bool:
    """Say whether all words of a name are among those of a longer one, articles aside."""
    want = {bare(word) for word in shorter}
    return bool(want) and want <= {bare(word) for word in longer}


def is_part(longer: list[str], shorter: list[str], *, by_sound: bool = False) -> bool:
    """Say whether a person may be called ``shorter`` for ``longer``: by its first and last words, or by its end.

    سلمان بن عبد العزيز is no part of محمد بن سلمان بن عبد العزيز: what follows بن is the father.
    """
    own, part = [_spoken(w, by_sound=by_sound) for w in longer], [_spoken(w, by_sound=by_sound) for w in shorter]
    if not part or not set(part) <= set(own):
        return False
    if len(part) == 1:
        return own[0] == part[0] or own[-1] == part[0] or not _is_father(own, own.index(part[0]))
    if own[0] == part[0]:
        return True
    start = len(own) - len(part)
    return own[start:] == part and not _is_father(own, start)


def _spoken(word: str, *, by_sound: bool) -> str:
    plain = spellings().son if word in spellings().son_variants else bare(word)
    return skeleton(plain) if by_sound else plain


def _is_father(words: list[str], index: int) -> bool:
    return index > 0 and words[index - 1] == spellings().son
