"""The trigger lexicon: data files in, matchers out.

One TOML file a kind under ``pipeline/lexicon/triggers``. A later definition of a pattern replaces the earlier one, so
that a directory of an analyst's own files adds to or overrides what is shipped (docs/ontology.md).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.affixes import affixes
from pipeline.events.inflect import Form, noun_forms, verb_forms
from pipeline.events.ontology import load_ontology
from pipeline.text import fold
from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable

GAP: Final = "*"
VERB_MARK: Final = "v:"
_SHORTEST_NOUN: Final = 3
_LISTS: Final = {"verbs": "verb", "nouns": "noun", "phrases": "phrase"}
_WORD_LISTS: Final = ("unless_next", "needs_next", "unless_near", "needs_near")
_OPTIONS: Final = {*_WORD_LISTS, "phase", "frame", "veto", "certain"}


@dataclass(frozen=True, slots=True)
class Trigger:
    """A pattern that carries a kind, and the conditions under which it does."""

    kind: str
    pattern: str
    items: tuple[str, ...]
    """Word patterns in order: ``noun``, ``v:past|present`` or the gap ``*`` of up to three words."""
    phase: str = ""
    frame: str = "active"
    veto: bool = False
    certain: bool = False
    """An event wherever its conditions hold, whatever the model says; the default for an analyst's own triggers."""
    unless_next: frozenset[str] = frozenset()
    needs_next: frozenset[str] = frozenset()
    unless_near: frozenset[str] = frozenset()
    needs_near: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """Name of the rule, as ``found_by`` gives it."""
        return f"{self.kind}:{self.pattern}"


@dataclass(slots=True)
class Lexicon:
    """All triggers, ready to be looked up by the folded form of their first word."""

    triggers: dict[str, Trigger] = field(default_factory=dict)
    forms: dict[str, list[tuple[str, Form]]] = field(default_factory=dict)
    """Folded surface form without clitics to the word patterns it can be."""
    by_first: dict[str, list[Trigger]] = field(default_factory=dict)

    def build(self) -> Lexicon:
        """Generate the forms of every word pattern."""
        patterns = {item for t in self.triggers.values() for item in t.items if item != GAP}
        for pattern in sorted(patterns):
            for form in _forms(pattern):
                self.forms.setdefault(form.text, []).append((pattern, form))
        for trigger in self.triggers.values():
            self.by_first.setdefault(trigger.items[0], []).append(trigger)
        return self


def _forms(pattern: str) -> list[Form]:
    if pattern.startswith(VERB_MARK):
        past, _, present = pattern.removeprefix(VERB_MARK).partition("|")
        return verb_forms(past, present)
    return noun_forms(pattern)


@lru_cache(maxsize=4)
def load_lexicon(extra: Path | None = None) -> Lexicon:
    """Read the shipped triggers and then those of ``extra/triggers``, which always count where they match.

    Raises:
        ConfigurationError: a file is not as docs/ontology.md says; the message names the file and the entry.
    """
    lexicon = Lexicon()
    shipped = resources.files("pipeline.lexicon") / "triggers"
    _read_folder(lexicon, shipped, certain=False)
    if extra and (extra / "triggers").is_dir():
        _read_folder(lexicon, extra / "triggers", certain=True)
    _check_kinds(lexicon, extra)
    return lexicon.build()


def _read_folder(lexicon: Lexicon, folder: Traversable | Path, *, certain: bool) -> None:
    for path in sorted(_toml_files(folder), key=lambda p: p.name):
        _read_file(lexicon, path.name, path.read_text(encoding="utf-8"), certain=certain)


def _check_kinds(lexicon: Lexicon, extra: Path | None) -> None:
    known = load_ontology(extra).kinds
    for trigger in lexicon.triggers.values():
        if trigger.kind not in known:
            msg = f"trigger {trigger.id}: ontology.toml has no kind {trigger.kind!r}; add it there (docs/ontology.md)"
            raise ConfigurationError(msg)


def _toml_files(folder: Traversable | Path) -> Iterable[Traversable | Path]:
    return [path for path in folder.iterdir() if path.name.endswith(".toml")]


def _read_file(lexicon: Lexicon, name: str, content: str, *, certain: bool) -> None:
    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        msg = f"{name}: not valid TOML ({error}); see docs/ontology.md"
        raise ConfigurationError(msg) from error
    kind = data.get("kind")
    if not isinstance(kind, str):
        msg = f'{name}: needs a line such as kind = "meeting"; see docs/ontology.md'
        raise ConfigurationError(msg)
    for key, unit in _LISTS.items():
        for pattern in data.get(key, []):
            add_trigger(lexicon, name, kind, {unit: pattern}, certain=certain)
    for entry in data.get("trigger", []):
        add_trigger(lexicon, name, kind, entry, certain=certain)


def add_trigger(lexicon: Lexicon, name: str, kind: str, entry: Mapping[str, Any], *, certain: bool = False) -> None:
    """Add one entry of the file ``name``; raises :class:`ConfigurationError` when it is malformed."""
    units = [unit for unit in _LISTS.values() if unit in entry]
    unknown = set(entry) - _OPTIONS - set(units)
    if len(units) != 1 or unknown:
        msg = f"{name}: {dict(entry)!r} needs one of verb, noun, phrase and no key but {sorted(_OPTIONS)}"
        raise ConfigurationError(msg)
    pattern = str(entry[units[0]])
    words: dict[str, Any] = {key: frozenset(map(fold, entry[key])) for key in _WORD_LISTS if key in entry}
    options: dict[str, Any] = {key: entry[key] for key in ("phase", "frame", "veto", "certain") if key in entry}
    trigger = Trigger(kind, pattern, _items(units[0], pattern, name), **{"certain": certain, **options}, **words)
    lexicon.triggers[trigger.id] = trigger


def _items(unit: str, pattern: str, name: str) -> tuple[str, ...]:
    parts = [VERB_MARK + pattern] if unit == "verb" else pattern.split()
    items = tuple(_item(fold(part)) for part in parts)
    wrong = [item for item in items if item.startswith(VERB_MARK) and item.count("|") != 1]
    if not items or wrong or GAP in (items[0], items[-1]):
        msg = f"{name}: {pattern!r}: a verb is past|present, a gap stands between words; see docs/ontology.md"
        raise ConfigurationError(msg)
    return items


def _item(folded: str) -> str:
    """Patterns match with and without the article; it is written only because it reads better."""
    bare = folded.removeprefix(affixes().article)
    return bare if bare != folded and len(bare) >= _SHORTEST_NOUN else folded
