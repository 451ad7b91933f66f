"""From a verb's four base forms to all the forms that stand in a text, by the tables of the lexicon.

Forms are kept folded (:func:`pipeline.text.fold`), so that missing hamza and vowel marks do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

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


def inflect(verb: Mapping[str, Any], tables: Mapping[str, Any]) -> Iterator[tuple[str, CueForm]]:
    """Give every folded form of a ``[[verb]]`` entry with what it is."""
    base = CueForm(verb["past"], verb["class"], "past", frozenset(map(fold, verb.get("takes", ()))))
    plain = [*_past(base, verb["past"], tables), *_present(base, verb["present"], tables)]
    if "participle" in verb:
        plain += _participle(replace(base, kind="participle"), verb["participle"], tables)
    for noun in verb.get("nouns", ()):
        plain += _noun(replace(base, kind="noun"), noun, tables)
    for form, cue in plain:
        yield fold(form), cue
        if cue.finite and verb.get("object"):
            for letters, gender, number in tables["pronouns"]:
                yield fold(_join(form, letters)), replace(cue, pronoun=gender + number)


def _past(base: CueForm, stem: str, tables: Mapping[str, Any]) -> list[tuple[str, CueForm]]:
    return [
        (_weak_past(stem, ending), replace(base, gender=gender, number=number))
        for ending, gender, number in tables["past"]
    ]


def _weak_past(stem: str, ending: str) -> str:
    """Attach a past ending; a final weak letter falls or becomes ي (رأى: رأت، رأوا، رأيا)."""
    if not ending or stem[-1] not in "ىا":
        return stem + ending
    if ending == "ا":
        return stem[:-1] + "يا"
    return stem[:-1] + ("ي" if ending == "ن" else "") + ending


def _present(base: CueForm, stem: str, tables: Mapping[str, Any]) -> list[tuple[str, CueForm]]:
    base, forms = replace(base, kind="present"), []
    for first, ending, gender, number in tables["present"]:
        body = stem[1:]
        if body[-1] in "ىيو" and ending[:1] == "و":
            body = body[:-1]
        forms.append(
            (first + body.replace("ى", "ي" if ending else "ى") + ending, replace(base, gender=gender, number=number))
        )
    return forms


def _participle(base: CueForm, stem: str, tables: Mapping[str, Any]) -> list[tuple[str, CueForm]]:
    forms = []
    for ending, gender, number in tables["participle"]:
        body = stem[:-1] if stem[-1] == "ي" and ending == "ين" else stem
        forms.append((body + ending, replace(base, gender=gender, number=number)))
    return forms


def _noun(base: CueForm, stem: str, tables: Mapping[str, Any]) -> list[tuple[str, CueForm]]:
    owned = [(_join(stem, p), replace(base, pronoun=g + n)) for p, g, n in tables["pronouns"]]
    return [(stem, base), ("ال" + stem, base.with_prefix("ال")), *owned]


def _join(form: str, pronoun: str) -> str:
    """Attach a pronoun: ة opens to ت, ى to ا, the silent ا of وا falls."""
    if form[-1] == "ة":
        return form[:-1] + "ت" + pronoun
    if form[-1] == "ى":
        return form[:-1] + "ا" + pronoun
    return (form[:-1] if form.endswith("وا") else form) + pronoun
