"""Which of a sentence's date expressions dates an event, and where it took place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.script import COMMAS, SEMICOLON

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from pipeline.events.context import SentenceView
    from pipeline.events.dates import DateMention
    from pipeline.events.decode import Draft
    from pipeline.events.phrases import Phrase
    from pipeline.events.settings import Settings

_FUTURE_PHASES: Final = frozenset({"arranged", "proposed"})
_CUTS: Final = COMMAS | {SEMICOLON}
_CLAUSE_CUT: Final = 6
"""A comma between costs as much as so many tokens."""


@dataclass(frozen=True, slots=True)
class When:
    """A resolved event date; ``mention`` is None when the day of publication was taken."""

    day: date | None
    mention: DateMention | None
    resolution: str


def date_of(
    draft: Draft, view: SentenceView, mentions: Sequence[DateMention], published: date, settings: Settings
) -> When:
    """Date an event by the nearest expression, else (fresh news only) by the publication."""
    near = [(d, m) for m in mentions if (d := _distance(draft, view, m)) <= settings.date_reach]
    if near:
        mention = min(near, key=lambda pair: (pair[0], pair[1].start))[1]
        day = mention.resolve(published, future=draft.phase in _FUTURE_PHASES)
        return When(day, mention, mention.kind if day else "none")
    if view.index < settings.fresh_sentences and draft.phase not in _FUTURE_PHASES:
        return When(published, None, "published")
    return When(None, None, "none")


def _distance(draft: Draft, view: SentenceView, mention: DateMention) -> int:
    """Tokens between trigger and expression; more when a comma stands between."""
    first, last = draft.match.first, draft.match.last
    after = mention.start >= draft.match.end
    count, cuts = 0, 0
    tokens = view.tokens[last + 1 :] if after else reversed(view.tokens[:first])
    for token in tokens:
        if token.start < mention.end and mention.start < token.end:
            break
        count += 1
        cuts += token.folded in _CUTS
        if count > _FAR:
            return count
    return count + cuts * _CLAUSE_CUT


_FAR: Final = 60


def place_of(draft: Draft, view: SentenceView) -> Phrase | None:
    """The nearest place behind a preposition of place that is no actor of the event."""
    actors = {p.start for p in (*draft.source, *draft.target)}
    places = [p for p in view.phrases if p.label == "LOC" and p.start not in actors and view.is_located(p)]
    near = [p for p in places if abs(p.first - draft.match.last) <= _FAR // 2]
    return min(near, key=lambda p: (abs(p.first - draft.match.last), p.first), default=None)
