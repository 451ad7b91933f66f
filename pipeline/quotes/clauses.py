"""Candidates whose cue is a source word: content، وفق فلان; وفق فلان، content; content، كما قال فلان."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.quotes.candidate import SEPARATORS, Candidate, opening
from pipeline.quotes.lexicon import load_lexicon
from pipeline.script import COMMA, COMMAS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.quotes.cues import Cue
    from pipeline.quotes.scan import Scan

MIN_CLAUSE: Final = 3
"""Fewest tokens of a clause that can be a quote."""
NO_CLAUSE: Final = 2
"""With at most as many tokens before it, a source word leads its sentence."""
DATELINE_REACH: Final = 12
LEAD_REACH: Final = 25
LEADING_ADVERB: Final = 7


def clauses(found: Scan, cues: list[Cue]) -> Iterator[Candidate]:
    """The clause before, or behind, each source word and each كما قال."""
    lexicon = load_lexicon()
    for cue in cues:
        as_said = cue.form.finite and found.key(cue.first - 1) in lexicon.as_said
        if cue.form.group != "source" and not as_said:
            continue
        first, stop = found.sentences[found.sentence_of[cue.first]]
        end = cue.first - 1 if as_said or found.key(cue.first - 1) in lexicon.on_word_of else cue.first
        while end > first and (found.tokens[end - 1].text in SEPARATORS or found.key(end - 1) == lexicon.on):
            end -= 1
        if end - first <= NO_CLAUSE:
            yield from _leading(found, cue, stop)
        for by, begin in _clause_begins(found, first, end):
            start, offset = _clause_start(found, begin, end)
            if end - start >= MIN_CLAUSE:
                passage = opening(found, start)
                yield Candidate("clause", cue, start, end, by, fixed=True, passage=passage, offset=offset)


def _clause_begins(found: Scan, first: int, end: int) -> Iterator[tuple[str, int]]:
    """The sentence's start, and behind its last comma or relative pronoun that opens a clause."""
    lexicon = load_lexicon()
    yield "", first
    for index in range(end - 3, first, -1):
        after = found.key(index + 1)
        if found.tokens[index].text in COMMAS and (after in lexicon.leads or after[:1] == affixes().and_):
            yield COMMA, index + 1
            return
    for index in range(first + 1, min(first + LEADING_ADVERB, end - MIN_CLAUSE)):
        if found.tokens[index].text in COMMAS:
            yield f"lead{COMMA}", index + 1
            return


def _clause_start(found: Scan, first: int, end: int) -> tuple[int, int]:
    """Where the clause before a source cue begins: behind openings such as كما, and behind an attached و."""
    lexicon = load_lexicon()
    start = _after_dateline(found, first, end)
    while start < end and (found.key(start) in lexicon.leads or not found.tokens[start].word):
        if opening(found, start) >= 0:
            break
        start += 1
    if start < end and found.tokens[start].text.startswith(affixes().and_) and _looks_joined(found, start):
        return start, 1
    return start, 0


def _looks_joined(found: Scan, index: int) -> bool:
    """Whether the و of a token is the conjunction: papers begin most sentences with it, few words do."""
    key = found.key(index)
    return len(key) > 3 and not key.startswith(load_lexicon().waw_words)  # noqa: PLR2004


def _after_dateline(found: Scan, first: int, end: int) -> int:
    """Skip ``عمان، الأردن (CNN) --``."""
    for index in range(first, min(end, first + DATELINE_REACH)):
        if found.tokens[index].text in "-–—" and found.tokens[index - 1].text in {")", "-", "–", "—"}:
            return index + 1
    return first


def _leading(found: Scan, cue: Cue, stop: int) -> Iterator[Candidate]:
    lexicon = load_lexicon()
    for index in range(cue.last + 1, min(stop - 3, cue.last + LEAD_REACH)):
        key = found.key(index)
        if key.startswith(affixes().so) and (lexicon.complementiser(key) or key == lexicon.already):
            yield Candidate("lead", cue, index + 1, stop, key, passage=opening(found, index + 1))
            return
        if found.tokens[index].text in COMMAS:
            yield Candidate("lead", cue, index + 1, stop, COMMA, passage=opening(found, index + 1))
