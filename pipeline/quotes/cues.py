"""The reporting cues of a text: which tokens are verbs, participles, nouns or source words of saying."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.quotes.lexicon import load_lexicon

if TYPE_CHECKING:
    from pipeline.quotes.forms import CueForm
    from pipeline.quotes.scan import Scan


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue in the text: tokens ``first:last + 1`` and what the lexicon says of it."""

    first: int
    last: int
    form: CueForm


def find_cues(found: Scan) -> list[Cue]:
    """All cues of the text in order; the verb inside وفقاً لما أعلنه belongs to the cue before it."""
    lexicon, cues, index = load_lexicon(), [], 0
    while index < len(found.tokens):
        form = lexicon.cue(found.key(index)) if found.tokens[index].word else None
        last = index
        if form and form.group == "source":
            last = _source_end(found, index)
        elif form and form.kind == "noun" and found.key(index - 1) in lexicon.on_word_of:
            form = lexicon.source
        if form:
            cues.append(Cue(index, last, form))
        index = last + 1
    return cues


def _source_end(found: Scan, index: int) -> int:
    """The last token of a source cue: وفق, or with its relative clause's verb: وفقا لما ذكره, حسب ما أعلن."""
    lexicon = load_lexicon()
    verb = index + 2 if found.key(index + 1) in lexicon.as_said else index + 1
    form = lexicon.cue(found.key(verb))
    if verb == index + 2 and verb < len(found.tokens) and found.tokens[verb].word:
        return verb
    return verb if form and form.finite and found.key(index) in lexicon.as_said else index
