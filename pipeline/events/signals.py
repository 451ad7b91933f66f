"""What the shared encoder saw (``document.signals``), looked up by trigger and noun phrase."""

from __future__ import annotations

from bisect import bisect_left
from math import exp, log
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.annotations import Signal, Signals

FLOOR: Final = 0.02
"""Taken for what the encoder leaves out because it is below its own floor."""
CEILING: Final = 0.98
LONGEST: Final = 200
"""Characters; no trigger or actor of the signals is longer."""


class SignalIndex:
    """The event signals of a document."""

    def __init__(self, signals: Signals) -> None:
        """Sort them once."""
        self.triggers = sorted(signals.triggers, key=lambda s: (s.start, s.end, s.label))
        self._starts = [s.start for s in self.triggers]
        self._phases: dict[int, dict[str, float]] = {}
        for phase in signals.phases:
            self._phases.setdefault(phase.start, {})[phase.label] = phase.score
        self._links: dict[int, dict[int, dict[str, float]]] = {}
        for link in signals.links:
            self._links.setdefault(link.head, {}).setdefault(link.tail, {})[link.label] = link.score
        self.actors = sorted(signals.actors, key=lambda s: (s.start, s.end))
        self._actor_starts = [s.start for s in self.actors]

    def trigger(self, kind: str, start: int, end: int) -> float:
        """The best score of a trigger of the kind that overlaps the span; 0 when there is none."""
        return max((s.score for s in self.triggers_in(start, end) if s.label == kind), default=0.0)

    def triggers_in(self, start: int, end: int) -> list[Signal]:
        """The triggers that overlap the span."""
        return _overlapping(self.triggers, self._starts, start, end)

    def phase(self, label: str, start: int, end: int) -> float:
        """The score of a phase (or ``negated``) at a trigger that overlaps the span."""
        places = {s.start for s in self.triggers_in(start, end)}
        return max((self._phases.get(place, {}).get(label, 0.0) for place in places), default=0.0)

    def has_phases(self, start: int, end: int) -> bool:
        """Whether the encoder saw a trigger there at all."""
        return any(s.start in self._phases for s in self.triggers_in(start, end))

    def link(self, role: str, trigger: tuple[int, int], actor: tuple[int, int]) -> float:
        """The best score by which an actor that overlaps the second span has the role at the first one's trigger."""
        heads = {s.start for s in self.triggers_in(*trigger)}
        tails = {s.start for s in _overlapping(self.actors, self._actor_starts, *actor)}
        return max((self._links.get(h, {}).get(t, {}).get(role, 0.0) for h in heads for t in tails), default=0.0)


def _overlapping(signals: Sequence[Signal], starts: Sequence[int], start: int, end: int) -> list[Signal]:
    low = bisect_left(starts, start - LONGEST)
    return [s for s in signals[low : bisect_left(starts, end)] if s.end > start]


def logit(probability: float) -> float:
    """Log odds, with probabilities kept off 0 and 1."""
    kept = min(max(probability, FLOOR), CEILING)
    return log(kept / (1 - kept))


def logistic(value: float) -> float:
    """The probability of log odds."""
    return 1 / (1 + exp(-value))
