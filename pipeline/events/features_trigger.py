"""Features of a trigger: is it an event of its kind?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pipeline.events.context import SentenceView
    from pipeline.events.phrases import Phrase
    from pipeline.events.triggers import Match

WINDOW: Final = 6


def trigger_features(view: SentenceView, at: int) -> list[str]:
    """Name the features of ``view.matches[at]`` for the question whether it is an event of its kind."""
    match = view.matches[at]
    window = _window(match.first, match.last, len(view.tokens))
    return [
        *_itself(view, match),
        *_neighbours(view, match),
        *_tags(view, match),
        *(f"k={match.trigger.kind}|~{view.word(i)}" for i in window),
        *_company(view, at),
        *_phrases_near(view, match),
    ]


def _itself(view: SentenceView, match: Match) -> list[str]:
    kind, rule, reading = match.trigger.kind, match.trigger.id, match.reading
    return [
        f"k={kind}",
        f"r={rule}",
        f"r={rule}|{reading.tense}",
        f"k={kind}|{reading.tense}",
        f"r={rule}|def={reading.definite}",
        f"k={kind}|suf={bool(reading.suffix)}",
        f"r={rule}|suf={bool(reading.suffix)}",
        f"cl={view.tokens[match.first].folded[: reading.prefix]}|{kind}",
        f"k={kind}|title={view.index == 0}",
        f"n={min(match.last - match.first, 2)}|{kind}",
        f"k={kind}|s={min(view.index, 12) // 3}",
        f"k={kind}|q={view.quote_at(match.start) is not None}",
    ]


def _neighbours(view: SentenceView, match: Match) -> list[str]:
    kind, rule = match.trigger.kind, match.trigger.id
    before, after = view.word(match.first - 1), view.word(match.last + 1)
    second_before, second_after = view.word(match.first - 2), view.word(match.last + 2)
    return [
        f"w-1={before}",
        f"w-2={second_before}",
        f"w+1={after}",
        f"w+2={second_after}",
        f"k={kind}|w-1={before}",
        f"k={kind}|w+1={after}",
        f"r={rule}|w-1={before}",
        f"r={rule}|w+1={after}",
        f"k={kind}|w-2={second_before}",
        f"k={kind}|w+2={second_after}",
    ]


def _tags(view: SentenceView, match: Match) -> list[str]:
    kind, tag = match.trigger.kind, view.tag(match.first)
    return [
        f"u={tag}|k={kind}",
        f"u={tag}|r={match.trigger.id}",
        f"u={tag}|{match.reading.tense}",
        f"u-1={view.tag(match.first - 1)}|k={kind}",
        f"u+1={view.tag(match.last + 1)}|k={kind}",
    ]


def _window(first: int, last: int, size: int) -> list[int]:
    left = range(max(0, first - WINDOW), first)
    right = range(last + 1, min(size, last + 1 + WINDOW))
    return [*left, *right]


def _company(view: SentenceView, at: int) -> list[str]:
    """Other triggers of the sentence: repeated mentions and rival readings."""
    match = view.matches[at]
    kind = match.trigger.kind
    found = []
    near = view.matches[max(0, at - 12) : at + 13]
    earlier = [m for m in near if m.trigger.kind == kind and m.first < match.first]
    later = [m for m in near if m.trigger.kind == kind and m.first > match.first]
    found.append(f"k={kind}|earlier={min(len(earlier), 2)}|later={min(len(later), 2)}")
    if any(m.trigger.id == match.trigger.id for m in earlier):
        found.append(f"k={kind}|again")
    for other in near:
        if other.trigger.kind == kind:
            continue
        if other.first <= match.last and match.first <= other.last:
            found += [f"k={kind}|rival={other.trigger.kind}", f"r={match.trigger.id}|rival={other.trigger.id}"]
        else:
            found.append(f"k={kind}|with={other.trigger.kind}")
    return found


def _phrases_near(view: SentenceView, match: Match) -> list[str]:
    kind = match.trigger.kind
    after = next((p for p in view.phrases if p.first > match.last), None)
    before = next((p for p in reversed(view.phrases) if p.last < match.first), None)
    inside = next((p for p in view.phrases if p.first <= match.first <= p.last), None)
    found = [f"k={kind}|inside={inside.label if inside else None}"]
    steps = (after.first - match.last if after else 0, match.first - before.last if before else 0)
    for name, phrase, gap in (("after", after, steps[0]), ("before", before, steps[1])):
        near = f"{name}={_phrase(phrase)}|{min(gap, 4)}"
        found += [f"k={kind}|{near}", f"{near}|{match.reading.tense}"]
    close = [p for p in view.phrases if p.label in {"PER", "LOC", "ORG"} and abs(p.first - match.first) <= WINDOW * 2]
    return [*found, f"k={kind}|names={min(len(close), 3)}"]


def _phrase(phrase: Phrase | None) -> str:
    return f"{phrase.label}{phrase.clitics}" if phrase else "none"
