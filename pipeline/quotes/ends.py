"""Where a reported clause ends: at its sentence's end, unless something before it closes it.

Possible ends are the commas, closing marks and clause openers of the sentence. A logistic model gives each the
chance that the clause stops there given that it came so far; the end that is taken is the one with the best chance
to share at least half of its characters with the true clause.
"""

from __future__ import annotations

from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.quotes.lexicon import load_lexicon
from pipeline.quotes.scan import MARKS
from pipeline.script import COMMA, COMMAS, SEMICOLONS, STOPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.quotes.candidate import Candidate
    from pipeline.quotes.evidence import Evidence
    from pipeline.quotes.logistic import Models
    from pipeline.quotes.scan import Scan

MAX_ENDS: Final = 60
SURELY_OVER: Final = 0.02
HALF_RIGHT: Final = 0.75
"""Weight of sharing half of the truth against being it; 1 would cut in the middle of nowhere to be safe."""
_DASHES: Final = frozenset("-–—")
_PAUSES: Final = COMMAS | SEMICOLONS | _DASHES | frozenset(":()")
_LONG: Final = (5, 10, 18, 28, 40, 60)


def sentence_end(found: Scan, start: int, stop: int) -> int:
    """The last token that can belong to a clause from ``start``: without the final stop and what is not its mark."""
    end = stop
    while end > start + 1 and not found.tokens[end - 1].word:
        text = found.tokens[end - 1].text
        if text in MARKS:
            number = found.passage_of[end - 1]
            if number >= 0 and found.passages[number].first > start:
                break
        elif text in ")]%":
            break
        end -= 1
    return end


def boundaries(found: Scan, candidate: Candidate) -> Iterator[int]:
    """The tokens before which the clause could stop, in order; the sentence's own end is not among them."""
    lexicon = load_lexicon()
    last = sentence_end(found, candidate.start, candidate.end)
    inside = -1
    for index in range(candidate.start + 1, last):
        token, before = found.tokens[index], found.tokens[index - 1]
        number = found.passage_of[index]
        if number >= 0 and found.passages[number].first <= index < found.passages[number].last:
            inside = number
            continue
        closes = inside >= 0 and before.text in MARKS and number != inside
        if token.text in _PAUSES or closes or (token.word and _opens_clause(token.key, lexicon.openers)):
            yield index


def _opens_clause(key: str, openers: frozenset[str]) -> bool:
    if key in openers or key[:1] == affixes().and_:
        return True
    form = load_lexicon().cue(key)
    return form is not None and (form.kind in {"participle", "phrase"} or (form.finite and form.group == "say"))


def end_features(found: Scan, candidate: Candidate, index: int) -> list[str]:
    """What is known of a possible end before the token ``index``."""
    pause, after = _pause(found, candidate, index)
    key, kind, way = found.key(after), _next_kind(found, after), candidate.way
    names = [
        "bias",
        f"pause={pause}",
        f"next={kind}",
        f"pause={pause}&next={kind}",
        f"key={key}",
        f"pause={pause}&key={key}",
        f"long={sum(index - candidate.start > n for n in _LONG)}",
        f"way={way}",
        f"way={way}&pause={pause}&next={kind}",
        f"key2={key}_{found.key(after + 1)}",
        f"open={found.tokens[index - 1].text == '('}",
    ]
    if found.tokens[index - 1].text in MARKS:
        names += _closing(found, candidate, index, f"pause={pause}&next={kind}")
    if candidate.by:
        names.append(f"by={candidate.by}&pause={pause}")
    if candidate.cue:
        names.append(f"group={candidate.cue.form.group}&pause={pause}&next={kind}")
    if _in_brackets(found, candidate.start, index):
        names.append("brackets")
    return names + _aside(found, candidate, pause, kind)


def _pause(found: Scan, candidate: Candidate, index: int) -> tuple[str, int]:
    """The first punctuation mark at a possible end, and the word behind it."""
    after, pause = index, ""
    while after < candidate.end and not found.tokens[after].word and found.tokens[after].text not in MARKS:
        pause = pause or found.tokens[after].text
        after += 1
    return COMMA if pause in COMMAS else pause, after


def _closing(found: Scan, candidate: Candidate, index: int, around: str) -> list[str]:
    """For an end behind a closing mark: whether its passage is all that was said so far."""
    passage = found.passages[candidate.passage] if candidate.passage >= 0 else None
    if passage is None or passage.last != index - 1:
        return ["closes=part", f"closes=part&{around}"]
    return ["closes=whole", f"closes=whole&{around}", f"whole={min(passage.words, 8)}"]


def _aside(found: Scan, candidate: Candidate, pause: str, kind: str) -> list[str]:
    """Whether the cue itself stands in a relative clause or between dashes: the clause around it goes on behind."""
    cue = candidate.cue
    if cue is None:
        return []
    first = found.sentences[found.sentence_of[cue.first]][0]
    dashes = sum(
        found.tokens[i].text in _DASHES and found.spaced(i) for i in range(max(first, cue.first - 30), cue.first)
    )
    names = [f"dash_open&pause={pause}"] if dashes % 2 and pause in _DASHES else []
    if found.key(cue.first - 1) in load_lexicon().relatives:
        names += [f"relative&pause={pause}", f"relative&pause={pause}&next={kind}"]
    if cue.form.finite and not cue.form.prefix:
        names.append(f"bare_verb&next={kind}")
    return names


def _in_brackets(found: Scan, start: int, index: int) -> bool:
    for back in range(index - 1, max(start, index - 20), -1):
        if found.tokens[back].text == ")":
            return False
        if found.tokens[back].text == "(":
            return True
    return False


def _next_kind(found: Scan, index: int) -> str:
    """What the token behind a possible end is."""
    if index >= len(found.tokens):
        return "end"
    lexicon, key = load_lexicon(), found.key(index)
    if not found.tokens[index].word:
        return "mark"
    by = lexicon.complementiser(key)
    if by:
        return f"that{by[:1]}"
    form = lexicon.cue(key)
    if form:
        follow = _follow(found, index)
        return f"{form.prefix[:1]}{form.kind}:{form.group if form.kind != 'phrase' else ''}{follow}"
    if key in lexicon.openers:
        return "opener"
    return key[0] if key[:1] == affixes().and_ else "word"


def _follow(found: Scan, index: int) -> str:
    """Give "+" when a complementiser, colon or mark follows a cue at once, "~" when one follows soon."""
    for at in range(index + 1, min(index + 9, len(found.tokens))):
        text = found.tokens[at].text
        if load_lexicon().complementiser(found.key(at)) or text == ":" or text in MARKS:
            return "+" if at == index + 1 else "~"
        if text in STOPS or text in COMMAS:
            return ""
    return ""


def stop_probability(found: Scan, candidate: Candidate, index: int, models: Models, evidence: Evidence | None) -> float:
    """The chance that the clause stops before ``index``: by the rules, and with the encoder's scores where they are."""
    prior = models.end.probability(end_features(found, candidate, index))
    if evidence is None:
        return prior
    return models.end_with_signals.probability(evidence.end_features(candidate, index, prior))


def choose_end(
    found: Scan, candidate: Candidate, models: Models, evidence: Evidence | None = None
) -> tuple[int, float]:
    """The end token (exclusive) and the chance that it is about right."""
    last = sentence_end(found, candidate.start, candidate.end)
    ends: list[tuple[int, float]] = []
    left = 1.0
    for index in islice(boundaries(found, candidate), MAX_ENDS):
        stop = left * stop_probability(found, candidate, index, models, evidence)
        ends.append((_trim(found, candidate.start, index), stop))
        left -= stop
        if left < SURELY_OVER:
            break
    ends.append((last, left))
    return _best(found, candidate.start, [e for e in ends if e[0] > candidate.start])


def _trim(found: Scan, start: int, end: int) -> int:
    while end > start + 1 and found.tokens[end - 1].text in _PAUSES | STOPS and found.tokens[end - 1].text != ")":
        end -= 1
    return end


def _best(found: Scan, start: int, ends: list[tuple[int, float]]) -> tuple[int, float]:
    """The end that most probably shares half of the truth's characters, and is it."""
    origin = found.tokens[start].start
    sized = [(end, found.tokens[end - 1].end - origin, chance) for end, chance in ends]

    def worth(size: int, chance: float) -> float:
        shares = sum(other_chance for _, other, other_chance in sized if min(size, other) * 2 >= max(size, other))
        return HALF_RIGHT * shares + (1 - HALF_RIGHT) * chance

    return max(((end, worth(size, chance)) for end, size, chance in sized), key=itemgetter(1))
