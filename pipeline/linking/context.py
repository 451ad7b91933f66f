"""What an article says of countries: which are named where, and how often."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.linking.spelling import readings, tokens
from pipeline.script import STOPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.linking.gazetteer import Gazetteer
    from schemas.document import Document

_SENTENCE_END: Final = STOPS | {"\n"}
_HEADLINE_WEIGHT: Final = 3
_NO_STATE: Final = frozenset({"IGO", "NGO"})
_SAME_SENTENCE: Final = 0.6
_SENTENCE_BEFORE: Final = 0.3
_DISTANCE: Final = 0.1


@dataclass(frozen=True, slots=True)
class PlaceWord:
    """Words ``first:last`` (token indices) that name a country: by adjective, or by a name of the gazetteer."""

    first: int
    last: int
    country: str
    how: str
    target: str = ""
    doubtful: bool = False


class Context:
    """The words of an article and the countries they name."""

    def __init__(self, document: Document, gazetteer: Gazetteer) -> None:
        """Read the article once."""
        self.text = document.text
        self.tokens = tokens(self.text)
        self.words = [token.text for token in self.tokens]
        self.starts = [token.start for token in self.tokens]
        self.date = "" if document.published_at_defaulted else document.published_at[:10]
        self.places = find_places(self.words, gazetteer)
        self._firsts = [place.first for place in self.places]
        title_end = len(document.title)
        self.evidence: Counter[str] = Counter()
        for place in self.places:
            if place.country and not place.doubtful:
                self.evidence[place.country] += _HEADLINE_WEIGHT if self.tokens[place.first].start < title_end else 1

    def index(self, offset: int) -> int:
        """Give the index of the token around ``offset`` (a name begins inside it after a clitic), else of the next."""
        before = bisect_right(self.starts, offset) - 1
        return before if before >= 0 and offset < self.tokens[before].end else before + 1

    def behind(self, offset: int) -> int:
        """Give the index of the first token that begins at or after ``offset``."""
        return bisect_left(self.starts, offset)

    def places_in(self, first: int, last: int) -> list[PlaceWord]:
        """Give the place words that begin in tokens ``first:last``."""
        return self.places[bisect_left(self._firsts, first) : bisect_left(self._firsts, last)]

    def sentence(self, index: int) -> tuple[int, int]:
        """Give the token range of the sentence around token ``index``."""
        first = index
        while first > 0 and not self._breaks(first - 1):
            first -= 1
        last = index
        while last < len(self.tokens) - 1 and not self._breaks(last):
            last += 1
        return first, last + 1

    def gap(self, index: int) -> str:
        """Give what stands between token ``index`` and the next one."""
        end = self.starts[index + 1] if index + 1 < len(self.tokens) else len(self.text)
        return self.text[self.tokens[index].end : end]

    def _breaks(self, index: int) -> bool:
        return not _SENTENCE_END.isdisjoint(self.gap(index))

    def about(self, index: int) -> str:
        """Give the state that a mention at token ``index`` most likely belongs to, or nothing.

        How often the article names a state counts, and how near in the same sentence; both were weighed on gold.
        """
        scores = {code: float(count) for code, count in self.evidence.items() if code not in _NO_STATE}
        if not scores:
            return ""
        top = max(scores.values())
        first, last = self.sentence(min(index, len(self.tokens) - 1))
        here = [p for p in self.places_in(first, last) if p.country in scores and not p.doubtful]
        for place in here:
            scores[place.country] += _SAME_SENTENCE * top / (1 + _DISTANCE * abs(place.first - index))
        before = None if here else self._last_before(first, scores)
        if before:
            scores[before.country] += _SENTENCE_BEFORE * top
        return max(scores, key=lambda code: scores[code])

    def _last_before(self, first: int, states: Mapping[str, float]) -> PlaceWord | None:
        places = self.places_in(0, first)
        return next((p for p in reversed(places) if p.country in states and not p.doubtful), None)

    def dominant(self) -> str:
        """Give the state that the article names most, or nothing."""
        states = [(count, code) for code, count in self.evidence.items() if code not in _NO_STATE]
        return max(states, default=(0, ""))[1]


def find_places(words: list[str], gazetteer: Gazetteer) -> list[PlaceWord]:
    """Find the adjectives and place names in folded words, from left to right."""
    found: list[PlaceWord] = []
    index = 0
    while index < len(words):
        definite = words[index].startswith(affixes().article)
        adjective = _adjective_at(words, index, gazetteer)
        place = (adjective if definite else None) or _name_at(words, index, gazetteer) or adjective
        if place:
            found.append(place)
        index = place.last if place else index + 1
    return found


def _adjective_at(words: list[str], index: int, gazetteer: Gazetteer) -> PlaceWord | None:
    match = gazetteer.adjectives.at(words, index)
    if match is None:
        return None
    adjective = match.adjective
    return PlaceWord(index, match.end, adjective.country, "nisba", adjective.target, adjective.doubtful)


def _name_at(words: list[str], index: int, gazetteer: Gazetteer) -> PlaceWord | None:
    for word in readings(words[index]):
        longest = gazetteer.place_words.get(word, 0)
        for length in range(min(longest, len(words) - index), 0, -1):
            name = " ".join([word, *words[index + 1 : index + length]])
            entry = gazetteer.place_names.get(name)
            if entry is not None:
                return PlaceWord(index, index + length, entry.country or "", entry.kind, entry.key)
    return None
