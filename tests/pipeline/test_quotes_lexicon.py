"""The lexicon as an analyst meets it: forms made from base forms, and a new verb without touching code."""

from __future__ import annotations

from importlib.resources import files

import pytest

from pipeline.lexicon.tables import parse, read
from pipeline.quotes.forms import inflect
from pipeline.quotes.lexicon import Lexicon, load_lexicon
from pipeline.quotes.scan import scan
from pipeline.text import fold

FORMS = [
    ("قال", "قال", "past", "m", "s"), ("وقالت", "قال", "past", "f", "s"), ("قالوا", "قال", "past", "m", "p"),
    ("قالتا", "قال", "past", "f", "d"), ("فقال", "قال", "past", "m", "s"), ("يقول", "قال", "present", "m", "s"),
    ("وتقول", "قال", "present", "f", "s"), ("يقولون", "قال", "present", "m", "p"), ("سيقول", "قال", "present", "m", "s"),
    ("قائلاً", "قال", "participle", "m", "s"), ("قائلة", "قال", "participle", "f", "s"), ("قائلين", "قال", "participle", "m", "p"),
    ("رأت", "رأى", "past", "f", "s"), ("ورأوا", "رأى", "past", "m", "p"), ("يرون", "رأى", "present", "m", "p"),
    ("نفت", "نفى", "past", "f", "s"), ("ينفون", "نفى", "present", "m", "p"), ("نافياً", "نفى", "participle", "m", "s"),
    ("مشيرًا", "أشار", "participle", "m", "s"), ("واشار", "أشار", "past", "m", "s"), ("وأكّدت", "أكد", "past", "f", "s"),
    ("ومؤكدة", "أكد", "participle", "f", "s"), ("دعت", "دعا", "past", "f", "s"), ("يدعون", "دعا", "present", "m", "p"),
    ("داعيا", "دعا", "participle", "m", "s"), ("ليعلن", "أعلن", "present", "m", "s"), ("وصفها", "وصف", "past", "m", "s"),
    ("اعتبرته", "اعتبر", "past", "f", "s"), ("بقوله", "قال", "noun", "", ""), ("بالقول", "قال", "noun", "", ""),
    ("وبحسب", "وفق", "phrase", "", ""), ("وفقاً", "وفق", "phrase", "", ""),
]  # fmt: skip
THAT = [
    ("أن", "ان"),
    ("إنه", "ان+"),
    ("انها", "ان+"),
    ("بأن", "بان"),
    ("بأنهم", "بان+"),
    ("فإن", "فان"),
    ("وأنّ", "وان"),
    ("إنني", "ان+"),
]
NO_CUES = ["كتاب", "المدينة", "إلى", "وصل", "شمس"]
PASSAGES = [
    ('قال "نعم هذا صحيح" ثم خرج', ["نعم هذا صحيح"]),
    ("قال «نعم هذا» و“لا ذاك” ثم ‹ربما غدا›", ["نعم هذا", "لا ذاك", "ربما غدا"]),
    ('قال "نعم" وأضاف "لا نريد"', ["نعم", "لا نريد"]),
    ('قال ""نريد السلام الآن""', ["نريد السلام الآن"]),
    ("قال ”نريد السلام الآن” أمس", ["نريد السلام الآن"]),
    ("قال «نريد السلام الآن. ثم خرج من القاعة", ["نريد السلام الآن"]),
    ('قال" نريد السلام الآن" أمس', ["نريد السلام الآن"]),
    ("قال «الأول\n«والثاني» أمس", ["الأول « والثاني"]),
    ("قال نعم» ثم خرج", []),
    ("لا شيء هنا", []),
]


@pytest.mark.parametrize(("form", "lemma", "kind", "gender", "number"), FORMS)
def test_form(form, lemma, kind, gender, number):
    cue = load_lexicon().cue(fold(form))
    assert cue is not None
    assert (cue.lemma, cue.kind, cue.gender, cue.number) == (lemma, kind, gender, number)


@pytest.mark.parametrize(("form", "expected"), THAT)
def test_complementiser(form, expected):
    assert load_lexicon().complementiser(fold(form)) == expected


@pytest.mark.parametrize("word", NO_CUES)
def test_no_cue(word):
    assert load_lexicon().cue(fold(word)) is None


def test_a_noun_of_saying_knows_its_speaker():
    assert load_lexicon().cue(fold("قولها")).pronoun == "fs"
    assert load_lexicon().cue(fold("قولهم")).pronoun == "mp"


def test_a_new_verb_is_one_entry():
    text = (files("pipeline") / "lexicon" / "cues.toml").read_text(encoding="utf-8")
    added = '\n[[verb]]\npast = "همس"\npresent = "يهمس"\nparticiple = "هامس"\ntakes = ["أن"]\nclass = "say"\n'
    assert Lexicon(parse(text, "cues.toml")).cue("همست") is None
    lexicon = Lexicon(parse(text + added, "cues.toml"))
    assert lexicon.cue("وهمست").gender == "f"
    assert lexicon.cue("هامسا").kind == "participle"


def test_every_entry_gives_forms_that_are_found_again():
    verbs = read("cues.toml").rows("verb")
    assert len(verbs) >= 150
    for verb in verbs:
        for form, _ in inflect(verb, load_lexicon().inflection):
            assert load_lexicon().cue(form) is not None, form


@pytest.mark.parametrize(("text", "expected"), PASSAGES)
def test_passages(text, expected):
    found = scan(text)
    assert [" ".join(t.text for t in found.tokens[p.first : p.last]) for p in found.passages] == expected


def test_a_full_stop_between_marks_ends_no_sentence():
    found = scan('قال: "جئنا متأخرين. لكننا جئنا". ثم خرج.')
    assert len(found.sentences) == 2
