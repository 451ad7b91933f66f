"""The quote lexicon in memory: which tokens are cues, complementisers and clause openers."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.lexicon.tables import read
from pipeline.quotes.forms import CueForm, Inflection, inflect
from pipeline.text import fold

if TYPE_CHECKING:
    from pipeline.lexicon.tables import Table

MEMORY: Final = 2**15
"""Look-ups that are kept: news repeats itself."""


class Lexicon:
    """Look-ups over folded tokens; built once from ``cues.toml``, where every list says what it is for."""

    def __init__(self, data: Table) -> None:
        """Inflect every verb; the first entry that gives a form keeps it."""
        self._forms: dict[str, CueForm] = {}
        self.inflection = Inflection.of(data.table("inflection"))
        for verb in data.rows("verb"):
            for form, cue in inflect(verb, self.inflection):
                self._forms.setdefault(form, cue)
        self._cue = lru_cache(MEMORY)(self._look_up)
        priors = data.table("priors")
        self.priors = {model: {name: weights.amount(name) for name in weights} for model, weights in _tables(priors)}
        """Weights by hand, by model and feature."""
        self._read_complementisers(data.table("complementisers"))
        self._read_phrases(data.table("phrases"))
        self._read_clause(data.table("clause"))
        self.homographs = data.table("homographs").words("words")
        self.unsure = frozenset(data.table("homographs").texts("lemmas"))
        """Lemmas most of whose forms are something else."""

    def _read_complementisers(self, table: Table) -> None:
        self._complementisers = _complementisers(table)
        self.that = fold(table.text("that"))
        """What ``takes`` of a verb says for إن, أن, بأن and their folded forms."""
        self.told_by_letter = table.text("told_by_letter")
        self.never_first = table.words("never_first")
        self.whether = fold(table.text("whether"))
        self.about_what = table.words("about_what")
        self.shields = table.words("shields")

    def _read_phrases(self, table: Table) -> None:
        self.source = CueForm(table.text("source"), "source", "phrase", frozenset())
        self.sources = table.words("prepositions")
        self.as_said = table.words("as_said")
        """Words that put a verb of saying behind what was said: كما قال فلان."""
        self.on = fold(table.text("on"))
        self.on_word_of = table.words("on_word_of")

    def _read_clause(self, table: Table) -> None:
        self.openers = table.words("openers")
        self.leads = table.words("leads")
        self.waw_words = tuple(map(fold, table.texts("waw_words")))
        self.negations = table.words("negations")
        self.relatives = table.words("relatives")
        self.noun_prepositions = table.words("noun_prepositions")
        self.any = fold(table.text("any"))
        self.pronoun_letters = "".join(table.texts("pronoun_letters"))
        self.perfect = fold(table.text("perfect"))
        self.already = fold(table.text("already"))

    def cue(self, key: str) -> CueForm | None:
        """What kind of cue the folded token ``key`` may be, its conjunction, future or preposition taken off."""
        return self._cue(key)

    def _look_up(self, key: str) -> CueForm | None:
        found = self._plain(key)
        if found is None and key[:1] in affixes().conjunctions:
            inner = self._plain(key[1:])
            found = inner.with_prefix(key[0]) if inner else None
        return found

    def _plain(self, key: str) -> CueForm | None:
        found = self._forms.get(key)
        if found or len(key) < 3:  # noqa: PLR2004
            return found
        if key in self.sources:
            return self.source
        letters, first, rest = affixes(), key[0], self._forms.get(key[1:])
        if rest is None:
            return None
        future = first in {letters.will, letters.to} and rest.kind == "present"
        governed = first in {letters.by, letters.to} and rest.kind == "noun"
        return rest.with_prefix(first) if future or governed else None

    def complementiser(self, key: str) -> str | None:
        """The complementiser in ``key`` as ``prefix+stem+suffix`` class: "ان", "ان+", "بان", "بان+", ...; or None."""
        return self._complementisers.get(key)


def _complementisers(table: Table) -> dict[str, str]:
    found, name = {}, table.text("that")
    for prefix in table.texts("prefixes"):
        for suffix in table.texts("suffixes"):
            for stem in table.texts("stems"):
                found[fold(prefix + stem + suffix)] = fold(prefix + name) + ("+" if suffix else "")
    return found


def _tables(table: Table) -> list[tuple[str, Table]]:
    return [(key, table.table(key)) for key in table]


@cache
def load_lexicon() -> Lexicon:
    """Read the package's cues.toml (once a process).

    Raises:
        ConfigurationError: the file is malformed; the message says where.
    """
    return Lexicon(read("cues.toml"))
