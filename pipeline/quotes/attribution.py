"""Who speaks: from a speaker's phrase, or from none, to the fullest name that the article gives.

A phrase with a person in it names that person; a definite description (المصدر, المسؤول الأميركي, الصحيفة) means the
last speaker it fits; an implied or pronominal subject (وأضاف) means the last speaker who agrees in gender and number.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.quotes.lexicon import load_lexicon
from pipeline.quotes.reading import depends_on_sentence
from pipeline.quotes.speaker import Speaker
from pipeline.script import FEMININE

if TYPE_CHECKING:
    from pipeline.linking import Linker, Resolution
    from pipeline.quotes.cues import Cue
    from pipeline.quotes.forms import CueForm
    from pipeline.quotes.phrases import Phrase
    from pipeline.quotes.reading import Found, Reading
    from schemas.document import Document

MEMORY: Final = 100
"""How many earlier speakers are remembered."""


class Attribution:
    """Resolves the speakers of one article, cue by cue in text order."""

    def __init__(self, reading: Reading, linker: Linker) -> None:
        """Start with nobody having spoken."""
        self.reading = reading
        self.document: Document = reading.document
        self.linker = linker
        self.history: list[Speaker] = []

    def speakers(self, quotes: list[Found]) -> list[Speaker | None]:
        """The speaker of each quote; the subjects of other reporting verbs count as having spoken in between."""
        order = sorted(range(len(quotes)), key=lambda i: (_position(quotes[i]), quotes[i].start))
        others = self._other_subjects(quotes)
        found: list[Speaker | None] = [None] * len(quotes)
        for index in order:
            while others and others[0][0] < _position(quotes[index]):
                position, phrase, form = others.pop(0)
                self._remember(self._named(phrase, form), form, position)
            found[index] = self._speaker(quotes[index])
        return found

    def _other_subjects(self, quotes: list[Found]) -> list[tuple[int, Phrase, CueForm]]:
        taken = {_position(q) for q in quotes}
        finder = self.reading.finder
        inside = self._inside(quotes)
        subjects = []
        for cue in self.reading.cues:
            if cue.first in taken or not cue.form.finite or inside[cue.first]:
                continue
            limit = self.reading.scan.sentences[self.reading.scan.sentence_of[cue.first]][1]
            phrase = finder.after(cue, limit)
            if phrase and self._acts(cue, phrase):
                subjects.append((cue.first, phrase, cue.form))
        return subjects

    def _inside(self, quotes: list[Found]) -> bytearray:
        """For each token whether a quote's content holds it."""
        marked = bytearray(len(self.reading.scan.tokens))
        for quote in quotes:
            start, end = quote.candidate.start, quote.candidate.end
            marked[start:end] = b"\x01" * (end - start)
        return marked

    def _acts(self, cue: Cue, phrase: Phrase) -> bool:
        """Whether a verb's phrase is its subject and somebody: a person, a body, or a definite noun that agrees."""
        if cue.form.lemma in load_lexicon().unsure:
            return False
        kind = self.reading.speaker_kind(phrase).split(":")[0]
        if kind in {"PER", "ORG", "wide"}:
            return True
        key = self.reading.scan.key(phrase.start)
        agrees = (cue.form.gender == "f") == (key[-1:] in FEMININE) or cue.form.number == "p"
        return phrase.start == cue.last + 1 and (kind == "LOC" or (key.startswith(affixes().article) and agrees))

    def _speaker(self, found: Found) -> Speaker | None:
        form = found.candidate.cue.form if found.candidate.cue else None
        if found.phrase is not None:
            speaker: Speaker | None = self._named(found.phrase, form)
        else:
            speaker = self._of_sentence(found, form) or self._carried(found, form)
        if speaker is not None:
            self._remember(speaker, form, _position(found))
        return speaker

    def span(self, phrase: Phrase) -> tuple[int, int]:
        """The characters of a phrase."""
        tokens = self.reading.scan.tokens
        return tokens[phrase.start].start + phrase.offset, tokens[phrase.end - 1].end

    def _remember(self, speaker: Speaker, form: CueForm | None, position: int) -> None:
        if form is not None and form.finite and not speaker.gender:
            speaker.gender = form.gender
        speaker.is_source = form is not None and form.group == "source"
        speaker.sentence = self.reading.scan.sentence_of[position]
        self.history.append(speaker)
        del self.history[:-MEMORY]

    def _of_sentence(self, found: Found, form: CueForm | None) -> Speaker | None:
        """Who has spoken, or acts, in the sentence of a participle or of a verb without a subject."""
        cue = found.candidate.cue
        if cue is None or form is None or form.group == "source":
            return None
        sentence = self.reading.scan.sentence_of[cue.first]
        depends = depends_on_sentence(form)
        for earlier in reversed(self.history):
            if earlier.sentence != sentence:
                break
            if not earlier.is_source and earlier.agrees(form):
                return self._shared(found, earlier, keep=depends)
        phrase = self.reading.finder.subject(cue)
        if phrase is None or phrase.end <= phrase.start:
            return None
        speaker = self._named(phrase, None)
        return self._shared(found, speaker, keep=depends, phrase=phrase)

    def _shared(self, found: Found, speaker: Speaker, *, keep: bool, phrase: Phrase | None = None) -> Speaker:
        phrase = phrase or speaker.phrase
        if keep:
            found.phrase = phrase
        again = speaker.again("named" if keep and phrase else "implied", speaker.heads)
        again.phrase = phrase
        return again

    def _named(self, phrase: Phrase, form: CueForm | None) -> Speaker:
        start, end = self.span(phrase)
        heads = self._heads(phrase)
        resolved = self.linker.resolve(self.document, start, end)
        if resolved.how in {"person", "title"}:
            speaker = self._from(resolved, "named" if resolved.how == "person" else "title", heads)
        else:
            earlier = self._described(phrase, heads, form)
            if earlier is None and not self._covers(phrase):
                resolved = _description(self.document.text[start:end], resolved)
            speaker = earlier or self._from(resolved, "named", heads)
        speaker.phrase = phrase
        if form and form.finite and phrase.place == "after" and not speaker.gender:
            speaker.gender = form.gender
        return speaker

    def _from(self, resolved: Resolution, how: str, heads: frozenset[str]) -> Speaker:
        return Speaker(
            resolved.name,
            how,
            resolved.country,
            resolved.entity_id,
            resolved.role,
            is_person=resolved.how in {"person", "title"},
            heads=heads,
        )

    def _covers(self, phrase: Phrase) -> bool:
        """Whether an entity is the phrase, or all of it but its first word (صحيفة "التايمز")."""
        start, end = self.span(phrase)
        titled = self.reading.scan.key(phrase.start) in self.reading.finder.words.wide
        second = self.reading.scan.tokens[phrase.start if titled else min(phrase.start + 1, phrase.end - 1)].start
        return any(e.start <= second and e.end >= end - 1 and e.start >= start - 1 for e in self.document.entities)

    def _heads(self, phrase: Phrase) -> frozenset[str]:
        keys = (self.reading.scan.key(i) for i in range(phrase.start, min(phrase.end, phrase.start + 3)))
        return frozenset(k.removeprefix(affixes().article) for k in keys if len(k) > 2)  # noqa: PLR2004

    def _described(self, phrase: Phrase, heads: frozenset[str], form: CueForm | None) -> Speaker | None:
        """The earlier speaker that a definite description without a name means."""
        if not self.reading.scan.key(phrase.start).startswith(affixes().article) or self._covers(phrase):
            return None
        head = self.reading.scan.key(phrase.start).removeprefix(affixes().article)
        for earlier in reversed(self.history):
            if head in earlier.heads:
                return earlier.again("carried", heads)
        people = [s for s in self.history if s.is_person and s.agrees(form)]
        if people and self.reading.scan.key(phrase.start) in self.reading.finder.words.wide:
            return people[-1].again("carried", heads)
        return None

    def _carried(self, found: Found, form: CueForm | None) -> Speaker | None:
        fitting = [s for s in reversed(self.history) if s.agrees(form)]
        fitting = [s for s in fitting if not s.is_source] or fitting
        if fitting:
            return fitting[0].again("implied", fitting[0].heads)
        return self._nearest(found)

    def _nearest(self, found: Found) -> Speaker | None:
        """Nobody has spoken yet: the last person, else body, named before the cue."""
        at = self.reading.scan.tokens[found.candidate.cue.first].start if found.candidate.cue else found.start
        before = [e for e in self.document.entities if e.end <= at and e.start > len(self.document.title)]
        people = [e for e in before if e.type == "PER"] or [e for e in before if e.type in {"ORG", "LOC"}]
        if not people:
            return None
        last = people[-1]
        return Speaker(last.name, "implied", last.country, last.entity_id, last.role, is_person=last.type == "PER")


def _description(text: str, resolved: Resolution) -> Resolution:
    return replace(resolved, name=text, name_en="", entity_id="", how="description")


def _position(found: Found) -> int:
    return found.candidate.cue.first if found.candidate.cue else found.candidate.start
