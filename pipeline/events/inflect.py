"""Surface forms of Arabic words by the tables of lexicon/inflection.toml: what an entry can look like in running text.

Input and output are folded (:func:`pipeline.text.fold`). The tables over-generate a little; an entry of the lexicon
that meets a wrong word is excluded there by a context condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.lexicon.tables import read
from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from pipeline.lexicon.tables import Table

_HOLLOW_LENGTH: Final = 3
_ENDINGS: Final = ("whole", "cut", "short", "bound_whole", "bound_cut")


class Form(NamedTuple):
    """A surface form without clitics, and whether it only stands before a pronoun (``bound``)."""

    text: str
    tense: str
    """``past``, ``present``, ``first`` (a present of the first person) or ``noun``."""
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Paradigm:
    """The endings of one class of stems, by the part of the stem that they go behind."""

    last: tuple[str, ...]
    middle: str
    shortest: int
    whole: tuple[str, ...]
    cut: tuple[str, ...]
    short: tuple[str, ...]
    bound_whole: tuple[str, ...]
    bound_cut: tuple[str, ...]

    def fits(self, stem: str) -> bool:
        """Whether the stem is of this class."""
        hollow = len(stem) == _HOLLOW_LENGTH and stem[1] in self.middle
        ends = not self.last or stem.endswith(self.last)
        return ends and len(stem) >= self.shortest and (hollow or not self.middle)

    def forms(self, stem: str, tense: str, first: str = "") -> list[Form]:
        """The forms of a stem behind the letters ``first``, the free ones before those that need a pronoun."""
        cut, short = stem[:-1], stem[:1] + stem[2:]
        free = [(stem, self.whole), (cut, self.cut), (short, self.short)]
        bound = [(stem, self.bound_whole), (cut, self.bound_cut)]
        return [
            *(Form(first + body + ending, tense) for body, endings in free for ending in endings),
            *(Form(first + body + ending, tense, bound=True) for body, endings in bound for ending in endings),
        ]


@cache
def paradigms(part: str) -> tuple[Paradigm, ...]:
    """The classes of ``noun``, ``past`` or ``present``; raises what :func:`pipeline.lexicon.tables.read` does."""
    found = tuple(map(_paradigm, read("inflection.toml").rows(part)))
    if not found or found[-1].last or found[-1].middle or found[-1].shortest:
        msg = f"inflection.toml: the last [[{part}]] must fit every stem: without last, middle and shortest"
        raise ConfigurationError(msg)
    return found


def _paradigm(row: Table) -> Paradigm:
    endings = {key: row.texts(key) if key in row else () for key in _ENDINGS}
    last, middle = (row.text(key) if key in row else "" for key in ("last", "middle"))
    return Paradigm(tuple(last), middle, row.number("shortest") if "shortest" in row else 0, **endings)


def _paradigm_of(part: str, stem: str) -> Paradigm:
    return next(paradigm for paradigm in paradigms(part) if paradigm.fits(stem))


def noun_forms(noun: str) -> list[Form]:
    """Singular, dual, sound plurals and construct forms of a noun or participle without article."""
    return _paradigm_of("noun", noun).forms(noun, "noun")


def verb_forms(past: str, present: str) -> list[Form]:
    """Third person and first plural forms of a verb from its two stems (``زار`` and ``زور``)."""
    persons = read("inflection.toml").table("person")
    forms = _paradigm_of("past", past).forms(past, "past")
    paradigm = _paradigm_of("present", present)
    for person in persons.texts("news"):
        forms += paradigm.forms(present, "present", person)
    return [*forms, Form(persons.text("first") + present, "first")]
