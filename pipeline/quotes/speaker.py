"""Somebody who has spoken in an article, as later quotes may mean him."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.quotes.forms import CueForm
    from pipeline.quotes.phrases import Phrase


@dataclass(slots=True)
class Speaker:
    """Who speaks, and what is known of him from how he was called."""

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
    """The words he was called by, without article, for later definite descriptions."""
    phrase: Phrase | None = None
    is_source: bool = False
    sentence: int = -1

    def again(self, how: str, heads: frozenset[str]) -> Speaker:
        """The same speaker in another place, where he is called by ``heads``."""
        return replace(self, how=how, heads=self.heads | heads, phrase=None, is_source=False, sentence=-1)

    def agrees(self, form: CueForm | None) -> bool:
        """Whether gender and number of a cue allow him as its implied speaker."""
        gender, number = _agreement(form)
        return not (gender and self.gender and gender != self.gender) and not (number == "p" and self.is_person)


def _agreement(form: CueForm | None) -> tuple[str, str]:
    """Gender and number that the cue demands of its implied speaker."""
    if form is None or form.kind == "phrase":
        return "", ""
    if form.kind == "noun":
        return form.pronoun[:1], form.pronoun[1:]
    return form.gender, form.number
