"""The lexicon's TOML files: spelt one way, without repetitions, every entry read by some stage; errors say where."""

from __future__ import annotations

import tomllib
import unicodedata
from collections import Counter
from importlib.resources import files

import pytest

from pipeline import affixes as affixes_module
from pipeline.affixes import affixes
from pipeline.events import dates, inflect, nouns, particles, settings, views
from pipeline.lexicon import tables
from pipeline.lexicon.tables import Table, parse, read
from pipeline.linking import spelling, titles
from pipeline.linking.bodies import Bodies, agreeing
from pipeline.linking.commons import Commons
from pipeline.linking.nisba import inflect as inflect_nisba
from pipeline.linking.phrases import Phrases as LinkingPhrases
from pipeline.ner.clitics import Clitics
from pipeline.quotes import lexicon as quotes_lexicon
from pipeline.quotes import phrases as quotes_phrases
from pipeline.script import PRESENTATION, TATWEEL
from pipeline.text import fold
from pipeline.tokenise import forms
from schemas.errors import ConfigurationError

LEXICON = files("pipeline.lexicon")
FOLDER = [path.name for path in LEXICON.iterdir() if path.name.endswith(".toml")]
OWN_READERS = {"ontology.toml"}
"""Read together with an analyst's own file, which has its own messages (tests/pipeline/test_events_ontology.py)."""
NAMES = sorted(
    {*FOLDER, *(f"gazetteer/{p.name}" for p in (LEXICON / "gazetteer").iterdir() if p.name.endswith("toml"))}
)
CACHED = [
    read, affixes, dates._grammar, inflect.paradigms, nouns.noun_words, particles.particles, settings.load_settings,
    spelling.spellings, titles.load_titles, quotes_lexicon.load_lexicon, quotes_phrases.load_speaker_words,
    forms.cut_words, views.load_finders, spelling.key, spelling.skeleton,
]  # fmt: skip


def leaves(data, place):
    """Each value with the place that a Table of it would name, and its key."""
    for key, value in data.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{place} [{key}]")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, row in enumerate(value, 1):
                yield from leaves(row, f"{place} [[{key}]] {number}")
        else:
            yield place, key, value


def entries(name):
    return list(leaves(tomllib.loads((LEXICON / name).read_text(encoding="utf-8")), name))


@pytest.fixture
def asked(monkeypatch):
    """Every (place, key) that is read while all readers read anew."""
    seen, value = set(), Table._value

    def record(table, key, *arguments):
        seen.add((table.place, key))
        return value(table, key, *arguments)

    monkeypatch.setattr(tables.Table, "_value", record)
    for cached in CACHED:
        cached.cache_clear()
    return seen


def read_all():
    affixes(), particles.particles(), dates._grammar(), settings.load_settings(), views.load_finders()
    Bodies(), Commons.of_package(), LinkingPhrases.of_package(), titles.load_titles(), Clitics.load()
    quotes_lexicon.load_lexicon(), quotes_phrases.load_speaker_words(), forms.cut_words(), spelling.skeleton("غوتيريش")
    inflect_nisba("كوري شمالي"), agreeing("فرنسي", feminine=True), inflect.verb_forms("زار", "زور")
    for key in ("nominative", "oblique"):
        read("inflection.toml").table("plural").text(key)
    for key in read("abbreviations.toml"):
        read("abbreviations.toml").texts(key)


def test_every_entry_is_read(asked):
    read_all()
    unread = [(place, key) for name in NAMES if name not in OWN_READERS for place, key, _ in entries(name)]
    assert [found for found in unread if found not in asked] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_list_repeats_itself(name):
    lists = [(place, key, value) for place, key, value in entries(name) if isinstance(value, list)]
    assert [(p, k, w) for p, k, v in lists for w, n in Counter(map(str, v)).items() if n > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_spelling_is_normal(name):
    """Composed letters, no presentation forms, no white space around: what two editors type alike is alike."""
    for place, key, value in entries(name):
        for text in (key, *(value if isinstance(value, list) else [value])):
            if isinstance(text, str):
                assert unicodedata.normalize("NFC", text) == text == text.strip(), (place, key, text)
                assert not PRESENTATION.search(text), (place, key, text)


@pytest.mark.parametrize("name", ["affixes.toml", "cuts.toml", "inflection.toml", "particles.toml"])
def test_affixes_and_particles_carry_no_marks(name):
    values = [v for _, _, value in entries(name) for v in (value if isinstance(value, list) else [value])]
    assert [v for v in values if isinstance(v, str) and (TATWEEL in v or len(fold(v)) != len(v))] == []


def test_letters_of_one_word_are_one_letter():
    letters = affixes()
    assert letters.conjunctions < letters.proclitics
    assert all(len(letter) == 1 for letter in letters.proclitics)
    assert letters.merged.startswith(letters.to)


def test_what_stands_before_a_word_is_made_of_clitics():
    """Each row is conjunctions and prepositions, then, as many letters as it keeps, the article or the future."""
    letters = affixes()
    kept = {"any": {""}, "noun": {""}, "definite": {letters.article, letters.merged}, "future": {letters.will}}
    for before in letters.before:
        cut = len(before.letters) - before.kept
        assert before.letters[cut:] in kept[before.goes], before
        assert set(before.letters[:cut]) <= letters.proclitics, before


def test_inflected_tables_are_folded():
    values = [(k, v) for place, k, v in entries("inflection.toml") if "nisba" not in place and isinstance(v, list)]
    assert [(key, ending) for key, value in values for ending in value if fold(ending) != ending] == []


@pytest.mark.parametrize("part", ["noun", "past", "present"])
def test_every_class_of_stems_is_reached(part):
    """A class that an earlier one hides would never be used."""
    stems = {"noun": "زياره لقاء هجوم", "past": "التقي دعا زار قصف", "present": "لتقي دعو زور قصف"}[part].split()
    reached = [next(i for i, p in enumerate(inflect.paradigms(part)) if p.fits(stem)) for stem in stems]
    assert reached == list(range(len(inflect.paradigms(part))))


@pytest.mark.parametrize(
    ("content", "ask", "message"),
    [
        ("x = 1", lambda t: t.text("x"), "mine.toml: x must be a string, not 1"),
        ("", lambda t: t.text("x"), "mine.toml: x must be a string, not None"),
        ('x = "1"', lambda t: t.number("x"), "mine.toml: x must be a whole number"),
        ("x = true", lambda t: t.number("x"), "mine.toml: x must be a whole number, not True"),
        ('x = "a"', lambda t: t.amount("x"), "mine.toml: x must be a number"),
        ("x = 1", lambda t: t.flag("x"), "mine.toml: x must be true or false"),
        ('x = ["a", 1]', lambda t: t.words("x"), "mine.toml: x must be a list of strings"),
        ("[a]\nx = 1", lambda t: t.table("a").texts("x"), r"mine.toml \[a\]: x must be a list of strings"),
        ("a = 1", lambda t: t.table("a"), "mine.toml: a must be a table"),
        ("[[a]]\n[[a]]\nx = 1", lambda t: t.rows("a")[1].text("x"), r"mine.toml \[\[a\]\] 2: x must be a string"),
        ("x = [", lambda t: t, "mine.toml: not valid TOML"),
    ],
)
def test_a_wrong_file_says_where(content, ask, message):
    with pytest.raises(ConfigurationError, match=message):
        ask(parse(content, "mine.toml"))


CHANGES = [
    (affixes_module, affixes, 'form = "future"', 'form = "later"'),
    (affixes_module, affixes, 'to = "ل"', "to = 1"),
    (inflect, lambda: inflect.paradigms("past"), "[[past]]\nwhole", '[[past]]\nlast = "ا"\nwhole'),
    (particles, particles.particles, 'of = "من"', "of = []"),
]
MESSAGES = [
    r"\[\[before_word\]\] 9: form must be one of any, noun, definite, future, not 'later'",
    "to must be a string, not 1",
    r"the last \[\[past\]\] must fit every stem",
    "of must be a string",
]


@pytest.mark.parametrize(("change", "message"), list(zip(CHANGES, MESSAGES, strict=True)))
def test_a_wrong_entry_of_ours_is_told(monkeypatch, change, message):
    module, load, old, new = change

    def read_changed(name):
        text = (LEXICON / name).read_text(encoding="utf-8")
        assert old in text
        return parse(text.replace(old, new, 1), name)

    affixes.cache_clear(), inflect.paradigms.cache_clear(), particles.particles.cache_clear()
    monkeypatch.setattr(module, "read", read_changed)
    with pytest.raises(ConfigurationError, match=message):
        load()
