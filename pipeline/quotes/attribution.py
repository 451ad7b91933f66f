"""Who speaks: from a speaker's phrase, or from none, to the fullest name that the article gives.

A phrase with a person in it names that person; a definite description (المصدر, المسؤول الأميركي, الصحيفة) means the
last speaker it fits; an implied or pronominal subject (وأضاف) means the last speaker who agrees in gender and number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pipeline.quotes.lexicon import load_lexicon
from pipeline.text import fold

if TYPE_CHECKING:
    from pipeline.linking import Linker, Resolution
    from pipeline.quotes.forms import CueForm
    from pipeline.quotes.reading import Found, Reading
    from pipeline.quotes.speakers import Phrase
    from schemas.document import Document

_ARTICLE: Final = fold("ال")
_STEM: Final = 4
"""Letters of a noun that are compared: مسؤولون, المسؤول."""


@dataclass(slots=True)
class Speaker:
    """Somebody who has spoken in the article."""

    name: str
    how: str
    """named, title, carried, pronoun, implied or none, as :class:`schemas.annotations.Quote` says it."""
    country: str | None = None
    entity_id: str = ""
    role: str = ""
    gender: str = ""
    number: str = ""
    is_person: bool = False
    heads: frozenset[str] = field(default_factory=frozenset)
    """Stems of the words he was called by, for later definite descriptions."""


class Attribution:
    """Resolves the speakers of one article, quote by quote in text order."""

    def __init__(self, reading: Reading, linker: Linker) -> None:
        """Start with nobody having spoken."""
        self.reading = reading
        self.document: Document = reading.document
        self.linker = linker
        self.history: list[Speaker] = []

    def speaker(self, found: Found) -> Speaker | None:
        """Who says ``found``; call it in text order."""
        form = found.candidate.cue.form if found.candidate.cue else None
        if found.phrase is not None:
            speaker = self._named(found.phrase, form)
        else:
            speaker = self._carried(found, form)
        if speaker is not None:
            self._remember(speaker, form)
        return speaker

    def span(self, phrase: Phrase) -> tuple[int, int]:
        """The characters of a phrase."""
        tokens = self.reading.scan.tokens
        return tokens[phrase.start].start + phrase.offset, tokens[phrase.end - 1].end

    def _remember(self, speaker: Speaker, form: CueForm | None) -> None:
        if form is not None and form.finite and not speaker.gender:
            speaker.gender = form.gender
        self.history.append(speaker)

    def _named(self, phrase: Phrase, form: CueForm | None) -> Speaker:
        start, end = self.span(phrase)
        heads = self._heads(phrase)
        resolved = self.linker.resolve(self.document, start, end)
        if resolved.how in {"person", "title"}:
            return self._from(resolved, "named" if resolved.how == "person" else "title", heads)
        before = self._described(phrase, heads)
        if before is not None:
            return before
        if not self._covers(phrase):
            resolved = _description(self.document.text[start:end], resolved)
        speaker = self._from(resolved, "named", heads)
        speaker.gender = form.gender if form and form.finite and phrase.place == "after" else ""
        return speaker

    def _from(self, resolved: Resolution, how: str, heads: frozenset[str]) -> Speaker:
        return Speaker(
            resolved.name, how, resolved.country, resolved.entity_id, resolved.role,
            is_person=resolved.how in {"person", "title"}, heads=heads,
        )

    def _covers(self, phrase: Phrase) -> bool:
        """Whether an entity is the phrase, or all of it but its first word (صحيفة "التايمز")."""
        start, end = self.span(phrase)
        second = self.reading.scan.tokens[min(phrase.start + 1, phrase.end - 1)].start
        return any(e.start <= second and e.end >= end - 1 and e.start >= start - 1 for e in self.document.entities)

    def _heads(self, phrase: Phrase) -> frozenset[str]:
        keys = (self.reading.scan.key(i) for i in range(phrase.start, min(phrase.end, phrase.start + 3)))
        return frozenset(_stem(k) for k in keys if len(k) > 2)  # noqa: PLR2004

    def _described(self, phrase: Phrase, heads: frozenset[str]) -> Speaker | None:
        """The earlier speaker that a definite description without a name means."""
        if not self.reading.scan.key(phrase.start).startswith(_ARTICLE) or self._covers(phrase):
            return None
        head = _stem(self.reading.scan.key(phrase.start))
        for earlier in reversed(self.history):
            if head in earlier.heads:
                return _again(earlier, "carried", heads)
        people = [s for s in self.history if s.is_person]
        if people and self.reading.scan.key(phrase.start) in self.reading.finder.words.wide:
            return _again(people[-1], "carried", heads)
        return None

    def _carried(self, found: Found, form: CueForm | None) -> Speaker | None:
        gender, number = _agreement(form)
        for earlier in reversed(self.history):
            if not (gender and earlier.gender and gender != earlier.gender) and not (number == "p" and earlier.is_person):
                return _again(earlier, "implied", earlier.heads)
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


def _again(speaker: Speaker, how: str, heads: frozenset[str]) -> Speaker:
    return Speaker(
        speaker.name, how, speaker.country, speaker.entity_id, speaker.role, speaker.gender, speaker.number,
        speaker.is_person, speaker.heads | heads,
    )


def _description(text: str, resolved: Resolution) -> Resolution:
    from dataclasses import replace

    return replace(resolved, name=text, name_en="", entity_id="", how="description")


def _agreement(form: CueForm | None) -> tuple[str, str]:
    """Gender and number that the cue demands of its implied speaker."""
    if form is None:
        return "", ""
    if form.kind == "noun":
        return form.pronoun[:1], form.pronoun[1:]
    if form.kind == "phrase":
        return "", ""
    return form.gender, form.number


def _stem(key: str) -> str:
    bare = key.removeprefix(_ARTICLE)
    return bare[:_STEM] if load_lexicon().complementiser(key) is None else ""
