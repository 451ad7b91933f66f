"""The noun phrase that names a cue's speaker.

Arabic news puts the subject behind its verb (قال فلان إن), before it after لكن, أن, كان and in headlines, behind عن
for relayed speech (نقلت وكالة عن فلان قوله), and behind a source word (وفق فلان).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.quotes.phrases import Phrase, Phrases
from pipeline.quotes.scan import MARKS
from pipeline.script import FEMININE

if TYPE_CHECKING:
    from pipeline.quotes.cues import Cue

SUBJECT_REACH: Final = 25
MAX_LOOSE: Final = 3
"""Words between an unknown noun before its verb and that verb: قد, أيضا."""
ASIDE_REACH: Final = 14
"""Tokens of what may stand between a verb and its subject, or between a relaying verb and عن."""
BEFORE_REACH: Final = 24
ISSUER_REACH: Final = 7
ANTECEDENT_REACH: Final = 10
AUTHOR_REACH: Final = 40
NAME_REACH: Final = 6
_ORG_REACH: Final = 4
"""A body further into its sentence is hardly the subject."""
_MIN_CLITIC: Final = 4


class SpeakerFinder(Phrases):
    """Finds the phrases that name speakers in one text."""

    def after(self, cue: Cue, limit: int) -> Phrase | None:
        """The subject behind a finite verb, a source word or a noun of saying; it stops before token ``limit``."""
        index = cue.last + 1
        if cue.form.lemma in self.words.relaying:
            return self.about(index, limit) or self._subject_behind(cue, index, limit)
        if self.found.key(index) in self.words.inside:
            return self._author(cue)
        if cue.form.lemma in self.words.speech and self.found.key(index) == self.words.place:
            return self._issuer(index + 1, limit)
        return self._subject_behind(cue, index, limit)

    def _subject_behind(self, cue: Cue, index: int, limit: int) -> Phrase | None:
        source = cue.form.group == "source"
        first = index if source else self._skip_asides(index, limit)
        if first >= limit or self._disagrees(cue, first):
            return None
        if first > index and self.entity_of.get(first) is None and self.found.key(first) not in self.words.wide:
            return None
        if self.found.key(first) in self.words.texts:
            return self._issuer(first, limit)
        phrase = self._phrase(first, limit, self._clitic(first) if source else 0)
        return None if phrase and self._is_described(cue, phrase) else phrase

    def _phrase(self, start: int, limit: int, offset: int = 0, place: str = "after") -> Phrase | None:
        end = self.phrase_end(start, limit)
        return Phrase(start, end, offset, place) if end > start else None

    def _author(self, cue: Cue) -> Phrase | None:
        """قال فيه: the last person named before, whose letter or speech it is."""
        first = self.found.sentences[self.found.sentence_of[cue.first]][0]
        for at in range(cue.first - 1, max(first - 1, cue.first - AUTHOR_REACH), -1):
            entity = self.entity_of.get(at)
            if entity is not None and entity.type == "PER":
                return self._phrase(self._head(at, first), cue.first, place="before")
        return None

    def _issuer(self, index: int, limit: int) -> Phrase | None:
        """The body behind a text: بيان صادر عن فلان, بيان لوزارة; the text itself when no body follows."""
        for at in range(index + 1, min(limit, index + ISSUER_REACH)):
            entity, key = self.entity_of.get(at), self.found.key(at)
            if key in self.words.issued_by:
                return self._phrase(at + 1, limit)
            if entity is not None and entity.type in {"ORG", "PER"}:
                return self._phrase(at, limit, self._clitic(at))
            if key in self.words.stops and key not in self.words.issued:
                break
        return self._phrase(index, limit)

    def _disagrees(self, cue: Cue, index: int) -> bool:
        """Whether the noun is feminine and the verb masculine, so that it is the verb's object: ووصف الحكومة."""
        masculine = cue.form.finite and cue.form.gender == "m"
        return masculine and self.found.tokens[index].text[-1] in FEMININE and index not in self.entity_of

    def _is_described(self, cue: Cue, phrase: Phrase) -> bool:
        """Whether the phrase names nobody and is what a verb of describing is about: ووصف المقترح بأنه."""
        tokens = range(phrase.start, phrase.end)
        somebody = self.found.key(phrase.start) in self.words.wide or any(at in self.entity_of for at in tokens)
        return cue.form.lemma in self.words.describing and not cue.form.pronoun and not somebody

    def about(self, index: int, limit: int) -> Phrase | None:
        """The phrase behind عن (or إلى) of relayed speech: نقلت وكالة عن فلان."""
        for at in range(index, min(limit, index + ASIDE_REACH)):
            if self.found.key(at) in self.words.relay_prepositions:
                return self._phrase(at + 1, limit, place="about")
        return None

    def _clitic(self, index: int) -> int:
        """The length of an attached ل: one in لوكالة, none in للوكالة, whose whole token is the span."""
        token, entity = self.found.tokens[index], self.entity_of.get(index)
        if not token.text.startswith(affixes().to) or token.text.startswith(affixes().merged):
            return 0
        if entity is not None:
            return int(entity.start > token.start)
        return int(len(token.key) > _MIN_CLITIC and token.key[1] not in self.words.kept_to)

    def _skip_asides(self, index: int, limit: int) -> int:
        """Go over what may stand between a verb and its subject: an audience, a place, a time, brackets."""
        for at in range(index, min(limit, index + ASIDE_REACH)):
            if not self.blocked(at) and (at == index or self._free(at, index)):
                return at
        return limit

    def _free(self, at: int, first: int) -> bool:
        """Whether the token begins a phrase of its own: no preposition or bound noun stands before it."""
        before, entity = self.found.key(at - 1), self.entity_of.get(at)
        heads = (entity is not None and entity.type == "PER") or self.found.key(at) in self.words.wide
        return heads and at > first + 1 and before not in self.words.stops and before not in self.words.audience

    def before(self, cue: Cue) -> Phrase | None:
        """The subject before its verb: لكن فلان قال, وكان فلان قد قال, الذي قال."""
        found = self.found
        first = found.sentences[found.sentence_of[cue.first]][0]
        if found.key(cue.first - 1) in self.words.relatives:
            return self._antecedent(cue.first - 1, first)
        for at in range(cue.first - 1, max(first - 1, cue.first - BEFORE_REACH), -1):
            if found.key(at) in self.words.starters:
                return self._from(at + 1, cue)
            if at == first and self._opens_nominal(at):
                return self._from(at, cue)
        return None

    def follows_name(self, cue: Cue) -> bool:
        """Whether a clause is nominal, its verb right behind a name: إسرائيل تنفي, إن فلان أكد."""
        first = self.found.sentences[self.found.sentence_of[cue.first]][0]
        for at in range(max(first, cue.first - NAME_REACH), cue.first):
            entity = self.entity_of.get(at)
            opens = at == first or self.found.key(at - 1) in self.words.starters
            if entity is not None and opens and self.phrase_end(at, cue.first) == cue.first:
                return True
        return False

    def _from(self, start: int, cue: Cue) -> Phrase | None:
        while start < cue.first and not self.found.tokens[start].word and self.found.tokens[start].text not in MARKS:
            start += 1
        if start >= cue.first or self.blocked(start):
            return None
        end = self.phrase_end(start, cue.first)
        known = start in self.entity_of or self.found.key(start) in self.words.wide
        if end <= start or (not known and cue.first - end > MAX_LOOSE):
            return None
        return Phrase(start, end, place="before")

    def _opens_nominal(self, index: int) -> bool:
        """Whether a sentence that begins here begins with its subject."""
        key = self.found.key(index)
        return index in self.entity_of or key in self.words.wide or key.startswith(affixes().article)

    def _antecedent(self, index: int, first: int) -> Phrase | None:
        for at in range(index - 1, max(first - 1, index - ANTECEDENT_REACH), -1):
            entity = self.entity_of.get(at)
            if entity is not None or self.found.key(at) in self.words.wide:
                return Phrase(at, self.phrase_end(at, index), place="relative")
        return None

    def subject(self, cue: Cue) -> Phrase | None:
        """The named subject of a participle's sentence: the first phrase of a person or body that nothing governs."""
        found = self.found
        first = found.sentences[found.sentence_of[cue.first]][0]
        for at in range(first, min(cue.first, first + SUBJECT_REACH)):
            if not self._is_subject(at, first):
                continue
            start = self._head(at, first)
            return Phrase(start, self.phrase_end(start, cue.first), place="subject")
        return None

    def _is_subject(self, at: int, first: int) -> bool:
        entity = self.entity_of.get(at)
        before = self.found.key(at - 1) if at > first else ""
        if before in self.words.stops and before not in self.words.starters:
            return False
        if entity is None:
            return self.found.key(at) in self.words.wide
        governed = self.found.tokens[at].start < entity.start
        return not governed and (entity.type == "PER" or (entity.type == "ORG" and at <= first + _ORG_REACH))

    def _head(self, index: int, first: int) -> int:
        """Go back over the title before a name."""
        start = index
        while start > first + 1 and self.found.key(start - 1) in self.words.wide:
            start -= 1
        return start
