"""The noun phrase that names a cue's speaker.

Arabic news puts the subject behind its verb (قال فلان إن), before it after لكن, أن, كان and in headlines, behind عن
for relayed speech (نقلت وكالة عن فلان قوله), and behind a source word (وفق فلان). The phrase is read to the right
from its first word; what is no part of one (time words, prepositions without a head that needs them, the audience)
stops it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from pipeline.quotes.lexicon import load_lexicon
from pipeline.quotes.scan import MARKS
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.quotes.candidates import Cue
    from pipeline.quotes.scan import Scan
    from schemas.annotations import Entity

MAX_PHRASE: Final = 16
SUBJECT_REACH: Final = 25
MAX_LOOSE: Final = 3
"""Words between an unknown noun before its verb and that verb: قد, أيضا."""
_IN: Final = fold("في")
_ARTICLE: Final = fold("ال")
_WIDE_PREPOSITIONS: Final = frozenset(map(fold, ["في", "باسم", "من", "لدى", "بـ", "ب"]))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens ``start:end``; ``offset`` characters of the first are a clitic that is no part of the name."""

    start: int
    end: int
    offset: int = 0
    place: str = "after"
    """Where it stands: after, before, about (عن), relative, or subject of the sentence."""


@dataclass(frozen=True, slots=True)
class SpeakerWords:
    """The [speaker] table of the lexicon, folded."""

    stops: frozenset[str]
    wide: frozenset[str]
    audience: frozenset[str]
    starters: frozenset[str]
    relatives: frozenset[str]
    texts: frozenset[str]
    relaying: frozenset[str]
    relay_prepositions: frozenset[str]
    issued: frozenset[str]
    issued_by: frozenset[str]
    inside: frozenset[str]
    before_numbers: frozenset[str]
    speech: frozenset[str]
    pronouns: dict[str, str]


@cache
def load_speaker_words() -> SpeakerWords:
    """Read the [speaker] table of cues.toml (once a process)."""
    import tomllib

    text = files("pipeline.lexicon").joinpath("cues.toml").read_text(encoding="utf-8")
    table = {name: frozenset(map(fold, words)) for name, words in tomllib.loads(text)["speaker"].items()}
    pronouns = {word: gender for gender in "mfp" for word in table.pop(f"pronouns_{gender}")}
    return SpeakerWords(**table, pronouns=pronouns)


class SpeakerFinder:
    """Finds noun phrases in one text with the help of its entities."""

    def __init__(self, found: Scan, entities: Sequence[Entity]) -> None:
        """Index the entities by the token they begin in."""
        self.found = found
        self.words = load_speaker_words()
        self.entity_of = _index(found, entities)

    def after(self, cue: Cue, limit: int) -> Phrase | None:
        """The subject behind a finite verb, a source word or a noun of saying; it stops before token ``limit``."""
        if cue.form.lemma in self.words.relaying:
            return self.about(cue.last + 1, limit)
        index = cue.last + 1
        if self.found.key(index) in self.words.inside:
            return self._author(cue)
        if cue.form.lemma in self.words.speech and self.found.key(index) == _IN:
            return self._issuer(index + 1, limit)
        source = cue.form.group == "source"
        first = index if source else self._skip_asides(index, limit)
        if first >= limit or self._disagrees(cue, first):
            return None
        aside = first > index
        if aside and self.entity_of.get(first) is None and self.found.key(first) not in self.words.wide:
            return None
        if self.found.key(first) in self.words.texts:
            return self._issuer(first, limit)
        offset = self._clitic(first) if source else 0
        end = self.phrase_end(first, limit)
        return Phrase(first, end, offset) if end > first else None

    def _author(self, cue: Cue) -> Phrase | None:
        """قال فيه: the last person named before, whose letter or speech it is."""
        first = self.found.sentences[self.found.sentence_of[cue.first]][0]
        for at in range(cue.first - 1, first - 1, -1):
            entity = self.entity_of.get(at)
            if entity is not None and entity.type == "PER":
                start = self._head(at, first)
                return Phrase(start, self.phrase_end(start, cue.first), place="before")
        return None

    def _issuer(self, index: int, limit: int) -> Phrase | None:
        """The body behind a text: بيان صادر عن فلان, بيان لوزارة; the text itself when no body follows."""
        stop = min(limit, index + 7)
        for at in range(index + 1, stop):
            entity = self.entity_of.get(at)
            if self.found.key(at) in self.words.issued_by:
                at += 1  # noqa: PLW2901 — the phrase begins behind the preposition
            elif entity is None or entity.type not in {"ORG", "PER"}:
                if self.found.key(at) in self.words.stops and self.found.key(at) not in self.words.issued:
                    break
                continue
            end = self.phrase_end(at, limit)
            if end > at:
                return Phrase(at, end, self._clitic(at), "after")
        end = self.phrase_end(index, limit)
        return Phrase(index, end) if end > index else None

    def _disagrees(self, cue: Cue, index: int) -> bool:
        """Whether the noun is feminine and the verb masculine, so that it is the verb's object: ووصف الحكومة."""
        key = self.found.key(index)
        masculine = cue.form.finite and cue.form.gender == "m"
        return masculine and key.endswith("ه") and self.found.tokens[index].text[-1] in "ةه" and index not in self.entity_of

    def about(self, index: int, limit: int) -> Phrase | None:
        """The phrase behind عن (or إلى) of relayed speech: نقلت وكالة عن فلان."""
        for at in range(index, min(limit, index + 14)):
            if self.found.key(at) in self.words.relay_prepositions:
                end = self.phrase_end(at + 1, limit)
                return Phrase(at + 1, end, place="about") if end > at + 1 else None
        return None

    def _clitic(self, index: int) -> int:
        """The length of an attached ل: one in لوكالة, none in للوكالة, whose whole token is the span."""
        text = self.found.tokens[index].text
        return 1 if text.startswith("ل") and not text.startswith("لل") and self.entity_starts_inside(index) else 0

    def entity_starts_inside(self, index: int) -> bool:
        """Whether an entity begins behind the first letter of the token, so that this letter is a clitic."""
        entity = self.entity_of.get(index)
        token = self.found.tokens[index]
        return (entity is not None and entity.start > token.start) or (
            entity is None and token.key[:1] == "ل" and len(token.key) > 4 and token.key[1:2] not in "لا"  # noqa: PLR2004
        )

    def _skip_asides(self, index: int, limit: int) -> int:
        """Go over what may stand between a verb and its subject: an audience, a place, a time, brackets."""
        for at in range(index, min(limit, index + 14)):
            if not self._blocked(at) and (at == index or self._free(at, index)):
                return at
        return limit

    def _blocked(self, index: int) -> bool:
        token = self.found.tokens[index]
        entity = self.entity_of.get(index)
        if entity is not None and entity.start == token.start:
            return False
        if not token.word:
            return not (token.text in MARKS and self.entity_of.get(index + 1) is not None)
        key = token.key
        if key in self.words.wide:
            return False
        return (
            load_lexicon().complementiser(key) is not None or key in self.words.stops or key in self.words.audience or key[:2] == "لل" or key in self.words.pronouns
            or (key[:1] in "بل" and index in self.entity_of and self.entity_of[index].start > token.start)
            or (load_lexicon().cue(key) or _NONE).kind == "participle"
        )

    def _free(self, at: int, first: int) -> bool:
        """Whether the token begins a phrase of its own: no preposition or bound noun stands before it."""
        before = self.found.key(at - 1)
        entity = self.entity_of.get(at)
        person = entity is not None and entity.type == "PER"
        head = self.found.key(at) in self.words.wide
        return (person or head) and before not in self.words.stops and at > first + 1 and before not in self.words.audience

    def phrase_end(self, start: int, limit: int) -> int:
        """The end of the noun phrase that begins at ``start``."""
        found, words = self.found, self.words
        named = False
        wide = False
        index = start
        stop = min(limit, start + MAX_PHRASE)
        while index < stop:
            entity = self.entity_of.get(index)
            if entity is not None and not (named and entity.type == "PER"):
                index = self._past(entity, index)
                named = named or entity.type == "PER"
                wide = wide and not named
                continue
            token = found.tokens[index]
            if not token.word:
                follow = self._goes_on(index, named=named)
                if follow == index:
                    break
                index = follow
                continue
            if index > start and found.newline_before(index):
                break
            if index == start and (token.key in words.stops or load_lexicon().complementiser(token.key)):
                break
            wide = wide or (token.key in words.wide and not named)
            if index > start and self._ends(index, named=named, wide=wide):
                break
            index += 1
        while index > start and not found.tokens[index - 1].word and found.tokens[index - 1].text not in MARKS | {")"}:
            index -= 1
        return index

    def _past(self, entity: Entity, index: int) -> int:
        while index < len(self.found.tokens) and self.found.tokens[index].start < entity.end:
            index += 1
        if index < len(self.found.tokens) and self.found.tokens[index].text in MARKS and self._closes(index):
            index += 1
        return index

    def _closes(self, index: int) -> bool:
        number = self.found.passage_of[index]
        return number >= 0 and self.found.passages[number].last == index

    def _goes_on(self, index: int, *, named: bool) -> int:
        """The token behind a punctuation mark when the phrase goes on there, else ``index``."""
        text = self.found.tokens[index].text
        if text in "،," and not named:
            entity = self.entity_of.get(index + 1)
            return index + 1 if entity is not None and entity.type == "PER" else index
        if text in MARKS and self.found.passage_of[index] >= 0:
            passage = self.found.passages[self.found.passage_of[index]]
            short = passage.words <= 4 and passage.closed  # noqa: PLR2004
            return passage.last + 1 if short and passage.first - 1 == index else index
        if text == "(":
            for at in range(index, min(index + 6, len(self.found.tokens))):
                if self.found.tokens[at].text == ")":
                    return at + 1
        return index

    def _ends(self, index: int, *, named: bool, wide: bool) -> bool:
        lexicon, key = load_lexicon(), self.found.key(index)
        if lexicon.complementiser(key):
            return True
        if named:
            return True
        if wide and key in _WIDE_PREPOSITIONS:
            return False
        form = lexicon.cue(key)
        if form and (form.kind == "participle" and key.endswith("ا") or (form.finite and form.prefix)):
            return True
        if key in self.words.audience:
            return True
        if key in self.words.before_numbers and self.found.key(index + 1)[:1].isdigit():
            return True
        if key[:2] == "لل":
            return not wide
        return key in self.words.stops

    def before(self, cue: Cue) -> Phrase | None:
        """The subject before its verb: لكن فلان قال, وكان فلان قد قال, الذي قال."""
        found = self.found
        first = found.sentences[found.sentence_of[cue.first]][0]
        if found.key(cue.first - 1) in self.words.relatives:
            return self._antecedent(cue.first - 1, first)
        for at in range(cue.first - 1, max(first - 1, cue.first - 24), -1):
            if found.key(at) in self.words.starters:
                return self._from(at + 1, cue)
            if at == first and self._opens_nominal(at):
                return self._from(at, cue)
        return None

    def _from(self, start: int, cue: Cue) -> Phrase | None:
        while start < cue.first and not self.found.tokens[start].word and self.found.tokens[start].text not in MARKS:
            start += 1
        if start >= cue.first or self._blocked(start):
            return None
        end = self.phrase_end(start, cue.first)
        known = start in self.entity_of or self.found.key(start) in self.words.wide
        if end <= start or (not known and cue.first - end > MAX_LOOSE):
            return None
        return Phrase(start, end, place="before")

    def _opens_nominal(self, index: int) -> bool:
        """Whether a sentence that begins here begins with its subject."""
        key = self.found.key(index)
        return index in self.entity_of or key in self.words.wide or key.startswith(_ARTICLE)

    def _antecedent(self, index: int, first: int) -> Phrase | None:
        for at in range(index - 1, max(first - 1, index - 10), -1):
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
        return not governed and (entity.type == "PER" or (entity.type == "ORG" and at <= first + 4))  # noqa: PLR2004

    def _head(self, index: int, first: int) -> int:
        """Go back over the title before a name."""
        start = index
        while start > first + 1 and self.found.key(start - 1) in self.words.wide:
            start -= 1
        return start


@dataclass(frozen=True, slots=True)
class _Nothing:
    kind: str = ""


_NONE: Final = _Nothing()


def _index(found: Scan, entities: Sequence[Entity]) -> dict[int, Entity]:
    by_token: dict[int, Entity] = {}
    ordered = sorted(entities, key=lambda e: e.start)
    at = 0
    for entity in ordered:
        while at < len(found.tokens) and found.tokens[at].end <= entity.start:
            at += 1
        if at < len(found.tokens):
            by_token.setdefault(at, entity)
    return by_token
