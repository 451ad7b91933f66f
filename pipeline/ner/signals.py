"""What the other heads saw, for the stages after ``ner``: sparse spans with probabilities, and links between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.encoder import bio
from pipeline.encoder.heads import EVENT_KINDS, PHASES, QUOTE_KINDS
from pipeline.ner.clitics import offset
from schemas.annotations import Link, Signal, Signals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pipeline.encoder.model import Reading
    from pipeline.ner.clitics import Clitics

TRIGGER_FLOOR: Final = 0.05
"""Least probability of a kind that makes a trigger; the events stage chooses its own threshold above."""
PHASE_FLOOR: Final = 0.05
SPAN_FLOOR: Final = 0.15
LINK_FLOOR: Final = 0.1
LINK_REACH: Final = 120
"""Words between a trigger and an actor; the gold has no farther pair."""
NEGATED: Final = "negated"
"""Label among the phases for "it did not or will not happen"."""


def signals(reading: Reading, clitics: Clitics) -> Signals:
    """Every span above the floors; speakers and actors without attached clitics."""
    triggers = list(_runs(reading, "triggers", EVENT_KINDS, TRIGGER_FLOOR))
    actors = [_bare(reading, clitics, found) for found in _runs(reading, "actors", ("actor",), SPAN_FLOOR)]
    speakers = [_bare(reading, clitics, found) for found in _runs(reading, "speakers", ("speaker",), SPAN_FLOOR)]
    return Signals(
        quotes=[signal for _, signal in _runs(reading, "quotes", QUOTE_KINDS, SPAN_FLOOR)],
        cues=[signal for _, signal in _runs(reading, "cues", ("cue",), SPAN_FLOOR)],
        speakers=[signal for _, signal in speakers],
        triggers=[signal for _, signal in triggers],
        phases=list(_phases(reading, triggers)),
        actors=[signal for _, signal in actors],
        links=list(_links(reading, triggers, actors)),
    )


Found = tuple[int, Signal]
"""The first word of a span, and the span."""


def _runs(reading: Reading, head: str, kinds: tuple[str, ...], floor: float) -> Iterator[Found]:
    """Runs of words in which a kind (B and I together) is at least ``floor``; a likelier B than I opens a new one."""
    shares = np.exp(reading.of(head))
    for kind, label in enumerate(kinds):
        begin, inside = shares[:, 1 + 2 * kind], shares[:, 2 + 2 * kind]
        both = begin + inside
        path = np.where(both < floor, 0, np.where(begin >= inside, 1, 2)).tolist()
        for first, stop, _ in bio.spans(path):
            start, end = reading.words[first].start, reading.words[stop - 1].end
            yield first, Signal(start=start, end=end, label=label, score=_score(both[first:stop]))


def _bare(reading: Reading, clitics: Clitics, found: Found) -> Found:
    """Begin behind the clitics of the first word."""
    first, signal = found
    word = reading.words[first]
    signal.start = word.start + offset(word.text, clitics.letters(word.text, reading.of("clitics")[first]))
    return first, signal


def _score(shares: NDArray[np.float32]) -> float:
    return round(min(1.0, float(shares.mean())), 4)


def _phases(reading: Reading, triggers: list[Found]) -> Iterator[Signal]:
    """Likely phases of each trigger, once a place; ``negated`` stands among them."""
    for first, trigger in {found[1].start: found for found in triggers}.values():
        shares = [*np.exp(reading.of("phases")[first]), float(np.exp(reading.of("negated")[first][1]))]
        for label, share in zip((*PHASES, NEGATED), shares, strict=True):
            if share >= PHASE_FLOOR:
                score = round(min(1.0, float(share)), 4)
                yield Signal(start=trigger.start, end=trigger.end, label=label, score=score)


def _links(reading: Reading, triggers: list[Found], actors: list[Found]) -> Iterator[Link]:
    places = dict(triggers)
    for first, trigger in places.items():
        for other, actor in actors:
            if abs(other - first) > LINK_REACH:
                continue
            for role, share in reading.link(first, other).items():
                if share >= LINK_FLOOR:
                    yield Link(head=trigger.start, tail=actor.start, label=role, score=round(share, 4))
