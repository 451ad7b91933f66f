"""Features of a trigger and a noun phrase: does the phrase act in the event, or is it acted upon?"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.affixes import affixes
from pipeline.events.particles import particles
from pipeline.script import COMMAS, SEMICOLON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.events.context import SentenceView
    from pipeline.events.phrases import Phrase
    from pipeline.events.triggers import Match

REACH: Final = 40
"""Tokens between trigger and actor; beyond that a phrase belongs to another clause."""
MAX_RANK: Final = 5
_BORDERS: Final = COMMAS | {SEMICOLON, ":", ".", "»", '"'}


def candidates(view: SentenceView, match: Match) -> list[int]:
    """Indices of the phrases that can be actors of the trigger."""
    low = bisect_left(view.phrases, match.first - REACH, key=_first_token)
    high = bisect_right(view.phrases, match.first + REACH, key=_first_token)
    return list(range(low, high))


def _first_token(phrase: Phrase) -> int:
    return phrase.first


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of the event when its actors are looked for."""

    match: Match
    phase: str
    governor: Match | None
    """The phase cue whose object the trigger is (دعت … إلى اجتماع)."""


def actor_features(view: SentenceView, setting: Setting, at: int, label_before: str) -> list[str]:
    """Name the features of phrase ``at``; ``label_before`` is what the phrase before it was found to be."""
    spot = _spot(view, setting.match, at)
    return [
        *_position(setting, spot),
        *_name(view, setting, at, spot),
        *_course(view, setting, spot, label_before),
        *_governed(view, setting, at, spot.preposition),
        *_between(view, setting.match, view.phrases[at], spot.side),
        *_speech(view, setting.match, view.phrases[at]),
    ]


class _Spot(NamedTuple):
    """Where a phrase stands: on which side of the trigger, as the how-manieth, how far off, behind what."""

    side: str
    place: str
    gap: int
    preposition: str


def _spot(view: SentenceView, match: Match, at: int) -> _Spot:
    side = _side(match, view.phrases[at])
    place = f"{side}{_rank(view, match, at, side)}"
    return _Spot(side, place, _gap(match, view.phrases[at]), _preposition(view, at))


def _position(setting: Setting, spot: _Spot) -> list[str]:
    match, place, side, preposition = setting.match, spot.place, spot.side, spot.preposition
    kind, rule, tense = match.trigger.kind, match.trigger.id, match.reading.tense
    return [
        f"side={side}",
        f"place={place}",
        f"pl={place}|t={tense}",
        f"pl={place}|k={kind}",
        f"pl={place}|k={kind}|t={tense}",
        f"prep={preposition}|{side}",
        f"prep={preposition}|{place}",
        f"k={kind}|prep={preposition}|{side}",
        f"k={kind}|prep={preposition}|{place}",
        f"r={rule}|prep={preposition}|{side}",
        f"r={rule}|{place}",
        f"t={tense}|prep={preposition}|{place}",
    ]


def _name(view: SentenceView, setting: Setting, at: int, spot: _Spot) -> list[str]:
    """What the phrase is: the type of its name, or its head noun."""
    phrase, kind = view.phrases[at], setting.match.trigger.kind
    head = view.word(phrase.head) if phrase.label in {"noun", "nisba"} else phrase.label
    return [
        f"lab={phrase.label}|{spot.place}",
        f"k={kind}|lab={phrase.label}|{spot.side}",
        f"k={kind}|lab={phrase.label}|{spot.place}|{spot.preposition}",
        f"h={head}",
        f"k={kind}|h={head}",
        f"h={head}|{spot.side}",
    ]


def _course(view: SentenceView, setting: Setting, spot: _Spot, label_before: str) -> list[str]:
    """Distance, voice, pronoun of the trigger, phase, and what was found before."""
    match, place, side, preposition = setting.match, spot.place, spot.side, spot.preposition
    kind, tense, suffix = match.trigger.kind, match.reading.tense, match.reading.suffix
    return [
        f"gap={spot.gap}|{side}",
        f"gap={spot.gap}|{place}|{tense}",
        f"gap={spot.gap}|{side}|k={kind}|prep={preposition}",
        f"fr={match.trigger.frame}|{place}|{tense}",
        f"suf={suffix}|{place}",
        f"suf={bool(suffix)}|{place}|{tense}",
        f"k={kind}|suf={bool(suffix)}|{place}",
        f"ph={setting.phase}|{side}",
        f"ph={setting.phase}|k={kind}|{place}",
        f"title={view.index == 0}|{place}|{tense}",
        f"prev={label_before}",
        f"prev={label_before}|prep={preposition}",
        f"prev={label_before}|k={kind}|{side}",
    ]


def _governed(view: SentenceView, setting: Setting, at: int, preposition: str) -> list[str]:
    """Where the phrase stands between the governing cue and the trigger: its subject, its object, neither."""
    governor, phrase, kind = setting.governor, view.phrases[at], setting.match.trigger.kind
    if governor is None:
        return [f"gov=none|{kind}"]
    if not governor.last < phrase.first < setting.match.first:
        return ["gov=outside", f"gov=outside|{governor.trigger.kind}", f"gov=outside|{governor.reading.tense}"]
    rank = sum(governor.last < p.first for p in view.phrases[max(0, at - MAX_RANK) : at])
    verb = "noun" if governor.reading.tense == "noun" else "verb"
    place = f"{verb}|{rank}|{min(phrase.first - governor.last, 3)}|{preposition}"
    return [
        f"gov={verb}|{rank}",
        f"gov={place}",
        f"gov={place}|{governor.trigger.kind}",
        f"gov={verb}|{rank}|k={kind}",
        f"gov={verb}|{rank}|{setting.phase}",
    ]


def _side(match: Match, phrase: Phrase) -> str:
    if phrase.first <= match.anchor and match.first <= phrase.last:
        return "in"
    return "after" if phrase.first > match.anchor else "before"


def _gap(match: Match, phrase: Phrase) -> int:
    distance = phrase.first - match.anchor if phrase.first > match.anchor else match.first - phrase.last
    for bound in (1, 2, 3, 5, 8, 13, 21):
        if distance <= bound:
            return bound
    return 40


def _rank(view: SentenceView, match: Match, at: int, side: str) -> int:
    """1 for the nearest phrase on its side, 2 for the next one, up to MAX_RANK."""
    if side == "after":
        between = [p for p in view.phrases[max(0, at - MAX_RANK) : at] if p.first > match.anchor]
    else:
        between = [p for p in view.phrases[at + 1 : at + 1 + MAX_RANK] if p.last < match.first]
    return min(len(between) + 1, MAX_RANK)


def _preposition(view: SentenceView, at: int) -> str:
    """The preposition or particle that governs phrase ``at``; of a coordinated phrase that of the phrases before it."""
    phrase = view.phrases[at]
    if clitic := _clitic(phrase):
        return clitic + "-"
    joined = bool(phrase.clitics)
    for _ in range(MAX_RANK):
        if not (phrase.clitics and at and view.phrases[at - 1].last == phrase.first - 1):
            break
        at -= 1
        phrase = view.phrases[at]
    return (affixes().and_ if joined else "") + _governor(view, phrase)


def _clitic(phrase: Phrase) -> str:
    """The preposition written onto a phrase, without conjunctions."""
    return phrase.clitics.lstrip("".join(affixes().conjunctions))


def _governor(view: SentenceView, phrase: Phrase) -> str:
    if clitic := _clitic(phrase):
        return clitic + "-"
    before = view.word(phrase.first - 1)
    if before in particles().governors:
        two = view.word(phrase.first - 2), before
        return " ".join(two) if two == particles().agent else before
    return "punct" if not before[:1].isalnum() else "word"


def _between(view: SentenceView, match: Match, phrase: Phrase, side: str) -> list[str]:
    """What stands between phrase and trigger, and next to the phrase."""
    low, high = (match.anchor + 1, phrase.first) if side == "after" else (phrase.last + 1, match.first)
    words, kind = [view.word(i) for i in range(low, high)], match.trigger.kind
    found = []
    if any(w in _BORDERS for w in words):
        found += [f"cut|{side}", f"cut|{side}|k={kind}"]
    for w in filter(set(words).__contains__, particles().between):
        found += [f"btw={w}|{side}", f"btw={w}|{side}|k={kind}"]
    found += _verbs_between(view, phrase, (low, high), f"{side}|k={kind}")
    others = min(sum(low <= m.first < high for m in view.matches), 2)
    found += [f"trig={others}|{side}", f"trig={others}|{side}|k={kind}"]
    return found + _edges(words, side, kind) + _beside(view, phrase, side, kind)


def _verbs_between(view: SentenceView, phrase: Phrase, tokens: tuple[int, int], where: str) -> list[str]:
    verbs = min(sum(token.upos == "VERB" for token in view.tokens[slice(*tokens)]), 2)
    side, tag = where.partition("|")[0], view.tag(phrase.first - 1)
    return [
        f"verbs={verbs}|{side}",
        f"verbs={verbs}|{where}",
        f"pu={tag}|{side}",
        f"pu={tag}|{side}|v={verbs}",
        f"nu={view.tag(phrase.last + 1)}|{side}",
    ]


def _edges(words: Sequence[str], side: str, kind: str) -> list[str]:
    """The first and last word between a phrase and the trigger behind it."""
    if side != "before" or not words:
        return []
    found = [f"next={words[0]}|before", f"last={words[-1]}|before"]
    return [*found, f"k={kind}|only={words[0]}|before"] if len(words) == 1 else found


def _beside(view: SentenceView, phrase: Phrase, side: str, kind: str) -> list[str]:
    before, behind = view.word(phrase.first - 1), view.word(phrase.last + 1)
    cue = view.cue_phases.get(phrase.first - 1, ""), view.cue_phases.get(phrase.last + 1, "")
    found = [f"pw={before}|after", f"k={kind}|pw={before}|after"] if side == "after" else []
    found += [f"cue<{cue[0]}|{side}", f"cue>{cue[1]}|{side}", f"cue<{cue[0]}|{side}|k={kind}"]
    found += [f"bw={before}|{side}|k={kind}", f"nw={behind}|{side}"]
    return [*found, f"opens|{kind}", "opens"] if phrase.first == 0 else found


def _speech(view: SentenceView, match: Match, phrase: Phrase) -> list[str]:
    """Who says it: in a quote the speaker often is the source."""
    quote = view.quote_at(match.start)
    if quote is None:
        return ["quote=no"]
    kind, inside = match.trigger.kind, quote.content.start <= phrase.start < quote.content.end
    speaker = quote.speaker
    speaks = speaker is not None and phrase.start < speaker.end and speaker.start < phrase.end
    return [f"quote={inside}|speaker={speaks}", f"quote={inside}|speaker={speaks}|k={kind}"]
