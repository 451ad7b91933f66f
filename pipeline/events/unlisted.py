"""Triggers that the encoder sees and no entry of the lexicon covers."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.events.lexicon import Trigger
from pipeline.events.triggers import Match, Reading

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from pipeline.events.signals import SignalIndex
    from pipeline.events.tokens import Token
    from schemas.annotations import Signal

RULE: Final = "encoder"


def unlisted_triggers(
    tokens: Sequence[Token], matches: Sequence[Match], signals: SignalIndex, kinds: Container[str], least: float
) -> list[tuple[Match, float]]:
    """The encoder's triggers in a sentence from score ``least`` on that overlap no match of their kind."""
    if not tokens:
        return []
    starts = [token.start for token in tokens]
    found = []
    for signal in signals.triggers_in(tokens[0].start, tokens[-1].end):
        listed = any(m.trigger.kind == signal.label and m.start < signal.end and signal.start < m.end for m in matches)
        if signal.score >= least and signal.label in kinds and not listed and signal.start >= starts[0]:
            found.append((_match(signal, tokens, starts), signal.score))
    return found


def _match(signal: Signal, tokens: Sequence[Token], starts: list[int]) -> Match:
    first = bisect_right(starts, signal.start) - 1
    last = bisect_right(starts, signal.end - 1) - 1
    definite = tokens[first].core_folded.startswith(affixes().article)
    reading = Reading(RULE, "noun", max(0, signal.start - tokens[first].start), definite, "")
    return Match(
        Trigger(signal.label, RULE, ()), first, last, reading, signal.start, min(signal.end, tokens[last].end), last
    )
