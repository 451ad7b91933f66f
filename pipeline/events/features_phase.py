"""Features of a trigger: in which phase is the event?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.events.particles import particles
from pipeline.script import COMMAS, SEMICOLONS

if TYPE_CHECKING:
    from pipeline.events.context import SentenceView
    from pipeline.events.triggers import Match

_CUE_REACH: Final = 8
_GOVERNOR_REACH: Final = 14
_BORDERS: Final = COMMAS | SEMICOLONS | {":", "."}
"""A full clause border."""


def phase_features(view: SentenceView, match: Match) -> list[str]:
    """Name the features of a trigger for its phase."""
    return [
        *_itself(view, match),
        *_neighbours(view, match),
        *_governor(view, match),
        *_cue_features(view, match),
        *_future(view, match),
    ]


def _itself(view: SentenceView, match: Match) -> list[str]:
    kind, rule, tense = match.trigger.kind, match.trigger.id, match.reading.tense
    quoted = view.quote_at(match.start) is not None
    return [
        f"k={kind}",
        f"r={rule}",
        f"t={tense}",
        f"k={kind}|t={tense}",
        f"r={rule}|t={tense}",
        f"lex={match.trigger.phase}",
        f"def={match.reading.definite}|{kind}",
        f"cl={view.tokens[match.first].folded[: match.reading.prefix]}",
        f"title={view.index == 0}|{kind}|{tense}",
        f"q={quoted}",
        f"q={quoted}|{tense}",
    ]


def _neighbours(view: SentenceView, match: Match) -> list[str]:
    kind, tense, first, last = match.trigger.kind, match.reading.tense, match.first, match.last
    found = []
    for step in (1, 2, 3, 4):
        before, behind = view.word(first - step), view.word(last + step)
        found += [f"w-{step}={before}", f"w+{step}={behind}", f"~-{before}", f"~+{behind}"]
    return [
        *found,
        f"k={kind}|w-1={view.word(first - 1)}",
        f"k={kind}|~-{view.word(first - 2)}",
        f"k={kind}|~+{view.word(last + 1)}",
        f"u={view.tag(first)}",
        f"u={view.tag(first)}|t={tense}",
        f"u-1={view.tag(first - 1)}|t={tense}",
    ]


def _governor(view: SentenceView, match: Match) -> list[str]:
    kind, governor = match.trigger.kind, governing_cue(view, match)
    if governor is None:
        return ["gov=none", f"gov=none|{kind}"]
    phase = governor.trigger.kind
    return [
        f"gov={phase}",
        f"gov={phase}|{governor.reading.tense}",
        f"gov={governor.trigger.id}",
        f"k={kind}|gov={phase}",
        f"gov={phase}|{governor.trigger.frame}",
        f"gov={phase}|t={match.reading.tense}",
    ]


def governing_cue(view: SentenceView, match: Match) -> Match | None:
    """The phase cue whose object the trigger is: only noun phrases, prepositions and light nouns stand between.

    A light word (عقد) governs only where no other cue governs it: رفضت إيران عقد لقاء is a refusal.
    """
    light = None
    for at in range(match.first - 1, max(-1, match.first - 1 - _GOVERNOR_REACH), -1):
        cue = view.cue_at.get(at)
        if cue is not None and at not in view.light:
            return cue
        light = light or cue
        passed = at in view.in_phrase or at in view.light or view.tokens[at].core_folded in particles().transparent
        if not passed:
            return light
    return light


def _cue_features(view: SentenceView, match: Match) -> list[str]:
    """The cues of the clause, the nearest one before in detail."""
    kind, tense = match.trigger.kind, match.reading.tense
    left = [c for c in view.cues if 0 < match.first - c.last <= _CUE_REACH and not _cut(view, c.last, match.first)]
    right = [c for c in view.cues if 0 < c.first - match.last <= _CUE_REACH and not _cut(view, match.last, c.first)]
    over = [c for c in view.cues if c.first <= match.last and match.first <= c.last]
    found = _nearest(left[-1], match) if left else []
    for cue in reversed(left):
        found += [f"left={cue.trigger.kind}", f"left={cue.trigger.id}"]
    for cue in left + right:
        side = "<" if cue.last < match.first else ">"
        found.append(f"cue{side}{cue.trigger.kind}|{cue.reading.tense}|t={tense}")
    for cue in right:
        found += [f"right={cue.trigger.kind}", f"right={cue.trigger.id}", f"k={kind}|right={cue.trigger.kind}"]
    found += [f"over={cue.trigger.kind}|{cue.trigger.id}" for cue in over]
    return found if left else [*found, f"nocue|{kind}|{tense}"]


def _nearest(cue: Match, match: Match) -> list[str]:
    phase, gap = cue.trigger.kind, min(match.first - cue.last, 5)
    return [
        f"cue={cue.trigger.id}|{gap}",
        f"cue={phase}",
        f"cue={phase}|{gap}",
        f"k={match.trigger.kind}|cue={phase}",
        f"cue={cue.trigger.id}",
        f"cue={phase}|t={match.reading.tense}",
        f"cuet={phase}|{cue.reading.tense}",
    ]


def _cut(view: SentenceView, left: int, right: int) -> bool:
    """Whether a full clause border stands between two tokens."""
    return any(view.tokens[i].folded in _BORDERS for i in range(left + 1, right))


def _future(view: SentenceView, match: Match) -> list[str]:
    """Future verbs of the clause (the tokeniser split their س), and اَن before the trigger."""
    kind, size = match.trigger.kind, len(view.tokens)
    left, right = match.first - 1, match.last + 1
    while left >= max(0, match.first - _CUE_REACH) and view.tokens[left].folded not in _BORDERS:
        left -= 1
    while right < min(size, match.last + 1 + _CUE_REACH) and view.tokens[right].folded not in _BORDERS:
        right += 1
    before = any(affixes().will in t.clitics for t in view.tokens[left + 1 : match.first])
    after = any(affixes().will in t.clitics for t in view.tokens[match.last + 1 : right])
    that = any(t.core_folded == particles().that for t in view.tokens[max(left + 1, match.first - 3) : match.first])
    found = [
        f"future<{before}",
        f"future>{after}",
        f"future<{before}|{kind}",
        f"future>{after}|{kind}",
        f"future={before or after}|t={match.reading.tense}",
    ]
    return [*found, f"that={that}|t={match.reading.tense}"]
