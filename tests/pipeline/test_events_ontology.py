"""The ontology and its page, and the inflection of triggers."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from pipeline.events.inflect import noun_forms, verb_forms
from pipeline.events.lexicon import load_lexicon
from pipeline.events.ontology import load_ontology
from pipeline.text import fold
from schemas.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("KHABAR_SHARED") or ROOT.parent / "shared")
REALISED = {
    "meeting": "meeting_held", "call": "call_held", "visit": "visit_made", "negotiation": "negotiation_held",
    "agreement": "agreement_signed", "guarantee": "guarantee_granted", "ceasefire": "ceasefire_declared",
    "membership": "membership_granted", "aid": "aid_provided", "sanction": "sanction_imposed",
    "deployment": "deployment_carried_out", "territory": "territory_ceded", "attack": "attack_carried_out",
    "detention": "detention_made", "release": "release_made", "protest": "protest_held", "accusation": "accusation_made",
    "condemnation": "condemnation_made", "threat": "threat_made",
}  # fmt: skip


def test_the_realised_forms_are_those_of_the_guide():
    kinds = load_ontology().kinds
    assert {name: kind.phases["realised"].event_type for name, kind in kinds.items()} == REALISED


def test_only_speech_acts_lack_phases():
    kinds = load_ontology().kinds
    assert {name for name, kind in kinds.items() if len(kind.phases) == 1} == {"accusation", "condemnation", "threat"}
    assert all(len(kind.phases) in {1, 6} for kind in kinds.values())


def test_natural_names_are_unique():
    names = [codes.event_type for kind in load_ontology().kinds.values() for codes in kind.phases.values()]
    assert len(names) == len(set(names))


def test_the_page_shows_the_ontology():
    ontology = load_ontology()
    page = (ROOT / "docs" / "ontology.md").read_text(encoding="utf-8")
    for phase, meaning in ontology.phases.items():
        assert f"| {phase} | {meaning} |" in page
    for kind in ontology.kinds.values():
        (line,) = [
            line for line in page.splitlines() if line.startswith(f"| {kind.name} ({kind.arabic}) | {kind.covers} |")
        ]
        shown = re.findall(r"`(\w+)` (\w+) (\d+)", line)
        assert shown == [(codes.event_type, codes.plover, codes.cameo) for codes in kind.phases.values()]


def test_plover_types_follow_the_conversion_table():
    path = SHARED / "data" / "events" / "CAMEO2PLOVER-2021.txt"
    if not path.exists():
        pytest.skip("the conversion table is not in ../shared (KHABAR_SHARED)")
    table = dict(re.findall(r"^(\d+):\s*([A-Z]+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    for kind in load_ontology().kinds.values():
        for codes in kind.phases.values():
            expected = "REQUEST" if codes.cameo.startswith("02") else table[codes.cameo]
            assert codes.plover == expected, codes


def test_a_kind_without_its_keys_is_refused(tmp_path):
    (tmp_path / "ontology.toml").write_text('[kinds.vote]\nenglish = "Vote"\nphases.realised = {}\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="kind vote: needs english, arabic"):
        load_ontology(tmp_path)


def test_every_kind_has_triggers():
    lexicon = load_lexicon()
    kinds = {trigger.kind for trigger in lexicon.triggers.values()}
    assert kinds == set(load_ontology().kinds)


@pytest.mark.parametrize(
    ("past", "present", "forms"),
    [
        ("قصف", "قصف", "قصف قصفت قصفا قصفوا يقصف تقصف نقصف يقصفون تقصفان"),
        ("التقى", "لتقي", "التقى التقت التقيا التقوا يلتقي تلتقي يلتقون يلتقيان يلتق"),
        ("دعا", "دعو", "دعا دعت دعوا يدعو يدعون"),
        ("زار", "زور", "زار زارت زاروا زرت يزور تزور يزورون يزر"),
        ("اغتال", "غتال", "اغتال اغتالت اغتالوا يغتال تغتال"),
    ],
)
def test_verbs_inflect(past, present, forms):
    made = {form.text for form in verb_forms(fold(past), fold(present)) if not form.bound}
    assert set(map(fold, forms.split())) <= made


@pytest.mark.parametrize(
    ("noun", "forms", "bound"),
    [
        ("هجوم", "هجوم هجوما هجومان هجومين", ""),
        ("زيارة", "زيارة زيارات زيارتان زيارتين", "زيارت"),
        ("لقاء", "لقاء لقاءات", "لقائ"),
        ("معتقل", "معتقل معتقلون معتقلين معتقلو معتقلي", ""),
    ],
)
def test_nouns_inflect(noun, forms, bound):
    made = noun_forms(fold(noun))
    assert set(map(fold, forms.split())) <= {form.text for form in made if not form.bound}
    assert not bound or fold(bound) in {form.text for form in made if form.bound}
