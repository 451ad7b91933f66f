"""From a verb's four base forms to all the forms that stand in a text, by the tables of the lexicon.

Forms are kept folded (:func:`pipeline.text.fold`), so that missing hamza and vowel marks do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from pipeline.affixes import affixes
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.lexicon.tables import Table

FormKind = Literal["past", "present", "participle", "noun", "phrase"]


@dataclass(frozen=True, slots=True)
class CueForm:
    """One inflected form of a cue: its lemma and what the form says about who speaks."""

    lemma: str
    group: str
    """The class of the lexicon: say, state, announce, think, judge, call, feel, ask, report, blame, or source."""
    kind: FormKind
    takes: frozenset[str]
    """Folded complementisers and prepositions that introduce what was said."""
    gender: str = ""
    number: str = ""
    pronoun: str = ""
    """Gender and number of an attached pronoun: the speaker for a noun (قولها), the object for a verb (وصفها)."""
    prefix: str = ""
    """Conjunction, future or preposition that was taken off: و, ف, س, ب, ل, ال."""

    @property
    def finite(self) -> bool:
        """Whether the form is a conjugated verb."""
        return self.kind in {"past", "present"}

    def with_prefix(self, prefix: str) -> CueForm:
        """The same form behind ``prefix``."""
        return replace(self, prefix=prefix + self.prefix)


@dataclass(frozen=True, slots=True)
class Ending:
    """An ending, or a pronoun, with gender and number of whom it means."""

    letters: str
    gender: str
    number: str
    first: str
    """The letter of the present that the form begins with; empty elsewhere."""
    changes: tuple[tuple[str, str], ...]
    """Last letters of a stem and what they become before this ending."""

    def behind(self, stem: str) -> str:
        """Attach the ending to a stem."""
        for last, instead in self.changes:
            if stem.endswith(last):
                return stem.removesuffix(last) + instead + self.letters
        return stem + self.letters


@dataclass(frozen=True, slots=True)
class Inflection:
    """The [inflection] table of cues.toml."""

    past: tuple[Ending, ...]
    present: tuple[Ending, ...]
    participle: tuple[Ending, ...]
    pronouns: tuple[Ending, ...]
    adverbial: str

    @classmethod
    def of(cls, table: Table) -> Inflection:
        """Read the table; raises what :class:`pipeline.lexicon.tables.Table` does."""
        changes = table.table("last")
        past, present, participle, pronouns = (
            tuple(_ending(row, changes) for row in table.rows(key))
            for key in ("past", "present", "participle", "pronouns")
        )
        return cls(past, present, participle, pronouns, table.text("adverbial"))


def _ending(row: Table, changes: Table) -> Ending:
    change = changes.table(row.text("last")) if "last" in row else None
    return Ending(
        row.text("ending"),
        row.text("gender"),
        row.text("number"),
        row.text("first") if "first" in row else "",
        tuple((last, change.text(last)) for last in change) if change else (),
    )


def inflect(verb: Table, tables: Inflection) -> Iterator[tuple[str, CueForm]]:
    """Give every folded form of a ``[[verb]]`` entry with what it is."""
    takes = verb.words("takes") if "takes" in verb else frozenset()
    base = CueForm(verb.text("past"), verb.text("class"), "past", takes)
    plain = _conjugated(base, verb.text("past"), tables.past)
    plain += _conjugated(replace(base, kind="present"), verb.text("present")[1:], tables.present)
    if "participle" in verb:
        plain += _conjugated(replace(base, kind="participle"), verb.text("participle"), tables.participle)
    for noun in verb.texts("nouns") if "nouns" in verb else ():
        plain += _noun(replace(base, kind="noun"), noun, tables)
    for form, cue in plain:
        yield fold(form), cue
        if cue.finite and verb.flag("object"):
            yield from ((fold(form), owned) for form, owned in _owned(cue, form, tables))


def _conjugated(base: CueForm, stem: str, endings: tuple[Ending, ...]) -> list[tuple[str, CueForm]]:
    return [(e.first + e.behind(stem), replace(base, gender=e.gender, number=e.number)) for e in endings]


def _noun(base: CueForm, stem: str, tables: Inflection) -> list[tuple[str, CueForm]]:
    article = affixes().article
    return [(stem, base), (article + stem, base.with_prefix(article)), *_owned(base, stem, tables)]


def _owned(base: CueForm, form: str, tables: Inflection) -> list[tuple[str, CueForm]]:
    return [(p.behind(form), replace(base, pronoun=p.gender + p.number)) for p in tables.pronouns]
