"""The quote lexicon in memory: which tokens are cues, complementisers and clause openers."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from pipeline.quotes.forms import CueForm, inflect
from pipeline.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

COMPLEMENTISER: Final = fold("أن")
"""What ``takes`` of a verb says for إن, أن, بأن and their folded forms."""
MEMORY: Final = 2**15
"""Look-ups that are kept: news repeats itself."""
_SOURCE: Final = CueForm("وفق", "source", "phrase", frozenset())


class Lexicon:
    """Look-ups over folded tokens; built once from ``cues.toml``."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        """Take the parsed TOML and inflect every verb; the first entry that gives a form keeps it."""
        self._forms: dict[str, CueForm] = {}
        for verb in data["verb"]:
            for form, cue in inflect(verb, data["inflection"]):
                self._forms.setdefault(form, cue)
        self._cue = lru_cache(MEMORY)(self._look_up)
        self._conjunctions = tuple(data["inflection"]["conjunctions"])
        self._complementisers = _complementisers(data["complementisers"])
        phrases, clause = data["phrases"], data["clause"]
        self.priors: dict[str, dict[str, float]] = data["priors"]
        """Weights by hand, by model and feature."""
        self.sources = _folded(phrases["prepositions"])
        self.attributions = _folded(phrases["attribution_nouns"])
        self.on_word_of = _folded(phrases["on_word_of"])
        self.in_speech = _folded(phrases["in_speech"])
        self.shields = _folded(data["complementisers"]["shields"])
        self.homographs = _folded(data["homographs"]["words"])
        self.unsure = frozenset(data["homographs"]["lemmas"])
        """Lemmas most of whose forms are something else."""
        self.openers = _folded(clause["openers"])
        self.leads = _folded(clause["leads"])
        self.waw_words = tuple(map(fold, clause["waw_words"]))
        self.negations = _folded(clause["negations"])
        self.relatives = _folded(clause["relatives"])

    def cue(self, key: str) -> CueForm | None:
        """What kind of cue the folded token ``key`` may be, its conjunction, future or preposition taken off."""
        return self._cue(key)

    def _look_up(self, key: str) -> CueForm | None:
        found = self._plain(key)
        if found is None and key[:1] in self._conjunctions:
            inner = self._plain(key[1:])
            found = inner.with_prefix(key[0]) if inner else None
        return found

    def _plain(self, key: str) -> CueForm | None:
        found = self._forms.get(key)
        if found or len(key) < 3:  # noqa: PLR2004
            return found
        if key in self.sources:
            return _SOURCE
        first, rest = key[0], self._forms.get(key[1:])
        if rest is None:
            return None
        if (first in "سل" and rest.kind == "present") or (first in "بل" and rest.kind == "noun"):
            return rest.with_prefix(first)
        return None

    def complementiser(self, key: str) -> str | None:
        """The complementiser in ``key`` as ``prefix+stem+suffix`` class: "ان", "ان+", "بان", "بان+", ...; or None."""
        return self._complementisers.get(key)


def _complementisers(data: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for prefix in data["prefixes"]:
        for suffix in data["suffixes"]:
            for stem in data["stems"]:
                found[fold(prefix + stem + suffix)] = fold(prefix + "ان") + ("+" if suffix else "")
    return found


def _folded(words: list[str]) -> frozenset[str]:
    return frozenset(map(fold, words))


@cache
def load_lexicon() -> Lexicon:
    """Read the package's cues.toml (once a process)."""
    text = (files("pipeline") / "lexicon" / "cues.toml").read_text(encoding="utf-8")
    return Lexicon(tomllib.loads(text))
