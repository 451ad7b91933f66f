"""Every place where a quote could be: a cue and the start of what it may introduce.

Candidates are many on purpose (an average article has some forty); :mod:`pipeline.quotes.weights` says which are
quotes. A candidate's ``way`` is how content and cue stand to each other:

comp   cue … إن/أن content            marks  cue … «content»              colon  cue …: content
vn     cue … (إلى|عن|ب|) noun …       front  «content»، cue               clause content، وفق source
plain  cue content, nothing between   lead   وفق source، content            head   «X: content» in the headline
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.quotes.candidate import SEPARATORS, Candidate, opening
from pipeline.quotes.clauses import clauses
from pipeline.quotes.cues import Cue
from pipeline.quotes.lexicon import load_lexicon
from pipeline.script import COMMA, COMMAS, SEMICOLON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.quotes.scan import Passage, Scan

MAX_CANDIDATES: Final = 120
"""A sentence of news has at most some hundred; more come from no text that anybody wrote."""
MAX_GAP: Final = 45
"""Tokens between a cue and its complementiser."""
MAX_CUES: Final = 3
"""How many cues before a complement are tried, the nearest first; homographs do not count."""
VN_REACH: Final = 16
HEAD_REACH: Final = 14
PLAIN_REACH: Final = 20
_SHORTEST_NOUN: Final = 3


def candidates(found: Scan, cues: list[Cue]) -> list[Candidate]:
    """All candidates of a text, unordered; their ends are the sentence's unless fixed."""
    by_sentence: dict[int, list[Cue]] = {}
    for cue in cues:
        by_sentence.setdefault(found.sentence_of[cue.first], []).append(cue)
    found_so_far: dict[int, int] = {}
    kept = []
    for candidate in _all(found, cues, by_sentence):
        if candidate.end <= candidate.start:
            continue
        sentence = found.sentence_of[candidate.start]
        found_so_far[sentence] = found_so_far.get(sentence, 0) + 1
        if found_so_far[sentence] <= MAX_CANDIDATES:
            kept.append(candidate)
    return kept


def _all(found: Scan, cues: list[Cue], by_sentence: dict[int, list[Cue]]) -> Iterator[Candidate]:
    yield from _complements(found, by_sentence)
    yield from _marked(found, by_sentence, {cue.first: cue for cue in cues})
    yield from _verbal_nouns(found, cues)
    yield from clauses(found, cues)
    yield from _plain(found, cues)
    yield from _headline(found)


def _before(found: Scan, cues: list[Cue], index: int) -> Iterator[Cue]:
    """The cues before ``index`` in its sentence, nearest first."""
    tried = 0
    for cue in reversed(cues):
        if index - cue.last > MAX_GAP or tried >= MAX_CUES:
            return
        if cue.last < index:
            tried += found.key(cue.first) not in load_lexicon().homographs
            yield cue


def _complements(found: Scan, by_sentence: dict[int, list[Cue]]) -> Iterator[Candidate]:
    lexicon = load_lexicon()
    for number, cues in by_sentence.items():
        first, stop = found.sentences[number]
        for index in range(max(first, cues[0].last) + 1, stop - 1):
            by = _complementiser(found, index)
            colon = found.tokens[index].text == ":"
            if (by is None and not colon) or found.key(index - 1) in lexicon.shields:
                continue
            start = _skip(found, index + 1, stop)
            if start >= stop or (colon and opening(found, start) >= 0):
                continue
            for cue in _before(found, cues, index):
                way, word = ("colon", ":") if colon else ("comp", by or "")
                yield Candidate(way, cue, start, stop, word, passage=opening(found, start))


def _complementiser(found: Scan, index: int) -> str | None:
    """The complementiser at a token, عما إذا included; letters inside سي.إن.إن are none."""
    if found.tokens[index - 1].text == "." and not found.spaced(index):
        return None
    lexicon = load_lexicon()
    if found.key(index) == lexicon.whether and found.key(index - 1) in lexicon.about_what:
        return lexicon.whether
    return lexicon.complementiser(found.key(index))


def _skip(found: Scan, index: int, stop: int) -> int:
    while index < stop and (found.tokens[index].text == ":" or found.tokens[index].text in COMMAS):
        index += 1
    return index


def _marked(found: Scan, by_sentence: dict[int, list[Cue]], cue_at: dict[int, Cue]) -> Iterator[Candidate]:
    for number, passage in enumerate(found.passages):
        mark = passage.first - 1
        if not _introduced(found, mark):
            by = found.tokens[mark - 1].text if mark and not found.tokens[mark - 1].word else ""
            cues = by_sentence.get(found.sentence_of[mark], [])
            for cue in (*_before(found, cues, mark), None):
                way = "marks" if cue else "bare"
                yield Candidate(way, cue, passage.first, passage.last, by, fixed=True, passage=number)
        follower = _cue_behind(found, passage, cue_at)
        if follower:
            yield Candidate("front", follower, passage.first, passage.last, fixed=True, passage=number)


def _introduced(found: Scan, mark: int) -> bool:
    """Whether a complementiser, with or without a colon, stands before an opening mark."""
    before = mark - 2 if found.tokens[mark - 1].text == ":" else mark - 1
    return mark > 0 and load_lexicon().complementiser(found.key(before)) is not None


def _cue_behind(found: Scan, passage: Passage, cue_at: dict[int, Cue]) -> Cue | None:
    """The cue that follows a passage, at once or behind one word (كما)."""
    after = passage.last + passage.closed
    while after < len(found.tokens) and found.tokens[after].text in SEPARATORS:
        after += 1
    cue = cue_at.get(after) or cue_at.get(after + 1)
    if cue is None or (cue.form.finite and cue.form.prefix[:1] in affixes().conjunctions):
        return None
    return cue if found.sentence_of[cue.first] - found.sentence_of[passage.first] <= 1 else None


def _verbal_nouns(found: Scan, cues: list[Cue]) -> Iterator[Candidate]:
    lexicon = load_lexicon()
    for cue in cues:
        stop = found.sentences[found.sentence_of[cue.first]][1]
        tried: dict[str, int] = {}
        for index in range(cue.last + 1, min(stop, cue.last + VN_REACH)):
            key = found.key(index)
            if lexicon.complementiser(key) and key not in lexicon.shields:
                break
            for by, start, offset in _noun_starts(found, cue, index):
                most = 1 if by in lexicon.noun_prepositions else VN_REACH
                if tried.get(by, 0) < most and start < stop and lexicon.complementiser(found.key(start)) is None:
                    tried[by] = tried.get(by, 0) + 1
                    yield Candidate("vn", cue, start, stop, by, passage=opening(found, start), offset=offset)


def _noun_starts(found: Scan, cue: Cue, index: int) -> Iterator[tuple[str, int, int]]:
    token, takes, lexicon = found.tokens[index], cue.form.takes, load_lexicon()
    key = token.key
    attached = {affixes().by, affixes().to} & takes
    if key in lexicon.noun_prepositions:
        if key in takes:
            yield key, index + 1, 0
    elif key in attached:
        yield key, index + 1, 0
    elif key[:1] in attached and len(key) > _SHORTEST_NOUN:
        yield key[0], index, 1
    elif "" in takes and token.word and (len(key) >= _SHORTEST_NOUN or key == lexicon.any) and not _definite(key):
        yield "", index, 0


def _definite(key: str) -> bool:
    return key.startswith(affixes().article)


def _plain(found: Scan, cues: list[Cue]) -> Iterator[Candidate]:
    """قال content without anything between: right behind the verb, or behind a comma."""
    for cue in cues:
        stop = found.sentences[found.sentence_of[cue.first]][1]
        if not cue.form.finite or cue.form.group != "say":
            continue
        for index in range(cue.last + 1, min(stop - 2, cue.last + PLAIN_REACH)):
            if _complementiser(found, index) or found.tokens[index].text == ":" or found.passage_of[index] >= 0:
                break
            if index == cue.last + 1 or found.tokens[index - 1].text in COMMAS:
                yield Candidate("plain", cue, index, stop, "" if index == cue.last + 1 else COMMA)


def _headline(found: Scan) -> Iterator[Candidate]:
    for index in range(1, min(found.title_tokens - 1, HEAD_REACH)):
        if found.tokens[index].text in {":", SEMICOLON} and found.tokens[index - 1].word:
            start = _skip(found, index + 1, found.title_tokens)
            passage = opening(found, start)
            yield Candidate("head", None, start, found.title_tokens, ":", passage=passage)
            return
        if found.passage_of[index] >= 0 and found.tokens[index].text == ":":
            return
