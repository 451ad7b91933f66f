"""From gold quotes to labelled examples of the quote stage's models.

Only candidates that the stage itself would look at are examples, so that learning and use see the same cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.quotes.accept import accept_features
from pipeline.quotes.ends import boundaries, choose_end, end_features
from pipeline.quotes.scan import MARKS
from schemas.annotations import Entity
from schemas.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.quotes.candidate import Candidate
    from pipeline.quotes.logistic import Models
    from pipeline.quotes.reading import Found, Reading
    from schemas.annotations import Signals

Gold = dict[str, Any]
Example = tuple[list[str], int]
NEAR = 3
"""Characters by which a start may miss: a mark, a clitic."""
CLOSE = 2
HALF = 0.5


def document_of(article: Gold, signals: Signals | None = None) -> Document:
    """A gold article with its entities, as the stage gets it."""
    document = Document(
        id=article["id"],
        revision=0,
        source=article["source"],
        title=article["title"],
        body=article["body"],
        published_at=article["published_at"] or "",
        signals=signals,
    )
    fields = ("start", "end", "text", "type", "name", "country")
    document.entities = [Entity(**{name: entity[name] for name in fields}) for entity in article["entities"]]
    return document


def overlap(one: tuple[int, int], two: tuple[int, int]) -> float:
    """Intersection over union of two spans."""
    shared = min(one[1], two[1]) - max(one[0], two[0])
    return max(0, shared) / (max(one[1], two[1]) - min(one[0], two[0]))


def _span(quote: Gold) -> tuple[int, int]:
    return quote["content"]["start"], quote["content"]["end"]


def _same_cue(reading: Reading, candidate: Candidate, quote: Gold) -> bool:
    if candidate.cue is None or quote["cue"] is None:
        return candidate.cue is None and quote["cue"] is None
    return bool(quote["cue"]["start"] - CLOSE <= reading.scan.tokens[candidate.cue.first].start < quote["cue"]["end"])


def end_examples(reading: Reading, article: Gold) -> Iterator[Example]:
    """Each possible end of each reported clause up to its true end; 1 for the true one."""
    for candidate, index, label in _possible_ends(reading, article):
        yield end_features(reading.scan, candidate, index), label


def end_signal_examples(reading: Reading, article: Gold, models: Models) -> Iterator[Example]:
    """The same ends by the rules' probability and the encoder's scores."""
    for candidate, index, label in _possible_ends(reading, article):
        prior = models.end.probability(end_features(reading.scan, candidate, index))
        if reading.evidence is not None:
            yield reading.evidence.end_features(candidate, index, prior), label


def _possible_ends(reading: Reading, article: Gold) -> Iterator[tuple[Candidate, int, int]]:
    seen: set[int] = set()
    for candidate in reading.candidates:
        if candidate.fixed or candidate.start in seen:
            continue
        start = reading.scan.tokens[candidate.start].start + candidate.offset
        quote = next((q for q in article["quotes"] if abs(q["content"]["start"] - start) <= CLOSE), None)
        if quote is None or (candidate.cue and quote["cue"] and not _same_cue(reading, candidate, quote)):
            continue
        seen.add(candidate.start)
        yield from _ends(reading, candidate, quote["content"]["end"])


def _ends(reading: Reading, candidate: Candidate, truth: int) -> Iterator[tuple[Candidate, int, int]]:
    tokens = reading.scan.tokens
    for index in boundaries(reading.scan, candidate):
        last = index
        while last > candidate.start + 1 and not tokens[last - 1].word and tokens[last - 1].text not in MARKS | {")"}:
            last -= 1
        end = tokens[last - 1].end
        if end > truth + CLOSE:
            return
        stops = end >= truth - CLOSE
        yield candidate, index, int(stops)
        if stops:
            return


@dataclass(slots=True)
class _Match:
    same_cue: bool
    near: bool
    overlap: float
    index: int

    @property
    def rank(self) -> tuple[bool, bool, float]:
        return self.same_cue, self.near, self.overlap


def _located(reading: Reading, candidates: list[Candidate], models: Models) -> list[Found]:
    found = []
    for candidate in candidates:
        if not candidate.fixed:
            candidate.end, _ = choose_end(reading.scan, candidate, models, reading.evidence)
        found.append(reading.locate(candidate))
    return found


def _labelled(reading: Reading, found: list[Found], article: Gold) -> list[tuple[Found, int]]:
    labels = [0] * len(found)
    for quote in article["quotes"]:
        _label(reading, found, quote, labels)
    return [(f, label) for f, label in zip(found, labels, strict=True) if label >= 0]


def accept_examples(reading: Reading, article: Gold, models: Models) -> list[Example]:
    """Every candidate: 1 when it is a gold quote with the right cue, 0 when it is none."""
    found = _located(reading, reading.candidates, models)
    return [
        (accept_features(reading.scan, f.candidate, reading.speaker_kind(f.phrase)), label)
        for f, label in _labelled(reading, found, article)
    ]


def accept_signal_examples(reading: Reading, article: Gold, models: Models) -> list[Example]:
    """The candidates that the stage would measure, by the rules' probability and the encoder's scores."""
    if reading.evidence is None:
        return []
    found = _located(reading, [c for c in reading.candidates if c.fixed or reading.hopeful(c, models)], models)
    return [
        (reading.evidence.accept_features(f.candidate, reading.prior(f.candidate, f.phrase, models)), label)
        for f, label in _labelled(reading, found, article)
    ]


def _label(reading: Reading, found: list[Found], quote: Gold, labels: list[int]) -> None:
    """Mark the candidates of one gold quote; those nearly as good are left out (-1), they teach nothing."""
    matches = []
    for index, one in enumerate(found):
        shared, near = overlap((one.start, one.end), _span(quote)), abs(one.start - _span(quote)[0]) <= NEAR
        if shared >= HALF or near:
            matches.append(_Match(_same_cue(reading, one.candidate, quote), near, shared, index))
    if not matches:
        return
    best = max(matches, key=lambda m: m.rank)
    for match in matches:
        if (match.same_cue, match.near) == (best.same_cue, best.near) and match.overlap >= best.overlap - 0.05:
            labels[match.index] = 1
        elif match.same_cue and not labels[match.index]:
            labels[match.index] = -1
