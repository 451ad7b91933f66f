"""What speaks for and against a candidate: the features of the model that accepts quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.quotes.lexicon import load_lexicon
from pipeline.script import STOPS

if TYPE_CHECKING:
    from pipeline.quotes.candidate import Candidate
    from pipeline.quotes.forms import CueForm
    from pipeline.quotes.scan import Scan

_SIZES: Final = (2, 3, 4, 6, 9, 14, 25)
_GAPS: Final = (0, 1, 2, 3, 5, 8, 13, 21)


def accept_features(found: Scan, candidate: Candidate, speaker: str) -> list[str]:
    """The features that hold; ``speaker`` is the kind of the nearest named speaker ("" when there is none)."""
    names = [*_content(found, candidate), f"way={candidate.way}&speaker={speaker}"]
    if candidate.cue is None:
        return names
    form = candidate.cue.form
    way = f"{candidate.way}:{candidate.by}"
    names += _cue(found, candidate, form, way)
    names += _gap(found, candidate, form, way)
    names += [f"{form.group}&{way}&speaker={speaker}", f"{form.kind}&speaker={speaker}"]
    return names


def _content(found: Scan, candidate: Candidate) -> list[str]:
    words = sum(found.tokens[i].word for i in range(candidate.start, candidate.end))
    size = f"size={sum(words > n for n in _SIZES)}"
    first, way = found.key(candidate.start), candidate.way
    title = "title" if candidate.start < found.title_tokens else "body"
    names = [
        "bias",
        f"way={way}",
        f"way={way}&{size}",
        f"way={way}&{title}",
        f"way={way}&by={candidate.by}",
        f"way={way}&first={first[:2]}",
        f"way={way}&passage={candidate.passage >= 0}",
    ]
    return names + _of_way(found, candidate, size)


def _of_way(found: Scan, candidate: Candidate, size: str) -> list[str]:
    """What only candidates of one way have."""
    first, way = found.key(candidate.start), candidate.way
    if way == "head":
        return [f"head&first={first}", f"head&colon={min(candidate.start, 6)}"]
    if way == "vn":
        head = first[candidate.offset :]
        plain = head.rstrip(load_lexicon().pronoun_letters)
        return [f"vn={head}", f"vn={plain}", f"vnshape={head[:1]}{len(head)}{head[-1:]}"]
    return _passage(found, candidate, size) if way in {"marks", "bare", "front"} else []


def _passage(found: Scan, candidate: Candidate, size: str) -> list[str]:
    """How a passage between marks stands in its line, and what is around it."""
    passage, way = found.passages[candidate.passage], candidate.way
    before = found.tokens[passage.first - 2].text if passage.first > 1 else ""
    after = passage.last + passage.closed
    follows = "line" if found.newline_before(after) else _mark_or_word(found.tokens[after].text)
    return [
        f"{way}&closed={passage.closed}",
        f"{way}&before={_mark_or_word(before)}",
        f"{way}&after={follows}",
        f"{way}&stop={found.tokens[passage.last - 1].text in STOPS}",
        f"{way}&first={found.key(candidate.start)}",
        f"{way}&line={found.newline_before(passage.first - 1)}",
        f"{way}&before={before}&{size}",
    ]


def _mark_or_word(text: str) -> str:
    return "word" if text[:1].isalnum() else text


def _cue(found: Scan, candidate: Candidate, form: CueForm, way: str) -> list[str]:
    lexicon, cue = load_lexicon(), candidate.cue
    before = found.key(cue.first - 1) if cue else ""
    names = [
        f"{form.lemma}",
        f"{form.lemma}&{way}",
        f"{form.lemma}&{form.kind}",
        f"{form.lemma}&{form.kind}&{way}",
        f"{form.group}&{way}",
        f"{form.group}&{form.kind}&{candidate.way}",
        f"{form.kind}&{way}",
        f"prefix={form.prefix}&{form.kind}&{candidate.way}",
        f"pronoun={bool(form.pronoun)}&{form.kind}&{candidate.way}",
        f"takes={lexicon.that in form.takes}&{candidate.way}&{form.kind}",
    ]
    if before in lexicon.negations:
        names += ["negated", f"negated={before}", f"negated&{form.lemma}", f"negated&{candidate.way}"]
    if before in lexicon.relatives:
        names += ["relative", f"relative={before}&{form.kind}", f"relative&{candidate.way}"]
    names.append(f"before={before}&{form.kind}")
    return names


def _gap(found: Scan, candidate: Candidate, form: CueForm, way: str) -> list[str]:
    lexicon, cue = load_lexicon(), candidate.cue
    if cue is None or cue.first > candidate.start:
        return _behind(found, candidate, form)
    gap = [found.key(i) for i in range(cue.last + 1, candidate.start)]
    size = sum(len(gap) > n for n in _GAPS)
    between = [f for f in (lexicon.cue(k) for k in gap[:-1]) if f and f.group != "source"]
    names = [
        f"gap={size}&{candidate.way}",
        f"gap={size}&{form.kind}&{way}",
        f"gap={min(size, 2)}&{form.lemma}&{form.kind}",
        f"between={min(sum(f.finite for f in between), 2)}&{candidate.way}",
        f"between_participle={any(f.kind == 'participle' for f in between)}&{candidate.way}",
        f"gap_that={any(lexicon.complementiser(k) for k in gap[:-1])}&{candidate.way}",
        f"gap_colon={':' in gap[:-1]}&{candidate.way}",
        f"next={found.key(candidate.start)[:1]}&{candidate.by}&{form.group}",
    ]
    if form.lemma == lexicon.told_by_letter:
        hamza = found.tokens[candidate.start - 1].text[:1] if candidate.start else ""
        names.append(f"say_with={hamza}")
    return names


def _behind(found: Scan, candidate: Candidate, form: CueForm) -> list[str]:
    """For a cue behind its content: what stands between, what follows, and whether somebody else is quoted before."""
    lexicon, cue = load_lexicon(), candidate.cue
    after = found.tokens[candidate.end].text if candidate.end < len(found.tokens) else ""
    keys = [found.key(i) for i in range(candidate.start, candidate.end)]
    quoted = any(lexicon.complementiser(k) for k in keys) and any((f := lexicon.cue(k)) and f.finite for k in keys)
    names = [
        f"behind&{candidate.way}&{form.group}&{after}",
        f"behind&{form.lemma}&{form.kind}",
        f"behind&{candidate.way}&quoted={quoted}&{form.group}",
        f"behind&{candidate.way}&by={candidate.by}&quoted={quoted}",
    ]
    if cue is not None:
        head = found.key(cue.last + 1)
        names += [
            f"source_head={head}",
            f"source_head={head[:3]}",
            f"source_last={found.key(cue.last)}&{candidate.way}",
        ]
    return names
