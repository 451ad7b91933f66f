"""The gazetteer's data files are sound: ids, codes, dates, roles, counts; and an analyst's file takes effect."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest
from linking_support import read

from pipeline import linking
from pipeline.lexicon import tables
from pipeline.linking.files import package_rows
from pipeline.linking.gazetteer import Gazetteer
from schemas.errors import ConfigurationError

NO_STATE = {"", "IGO", "NGO"}
FILES = ("organisations.tsv", "places.tsv", "leaders.tsv")
RULERS = ("head_of_state", "head_of_government", "monarch", "emir", "secretary_general")
SAME_CITY = {"اوبك", "مقديشو", "طرابلس", "العيون", "جبل طارق", "موناكو", "سان مارينو"}
"""Capitals that are listed as places, too, or share the name of their state."""
RIVALS = {"LBY"}
"""States that had two governments at once."""
TOLERANCE_DAYS = 45
"""Two holders of one office may overlap that long: rival claims, and sources that count from election or oath."""


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer()


@pytest.fixture(scope="module")
def codes():
    return {row["iso3"] for row in package_rows("countries.tsv")}


def test_all_countries():
    rows = list(package_rows("countries.tsv"))
    assert len(rows) == 250
    assert sum(row["un"] == "member" for row in rows) == 193
    for column, form in (("iso3", "[A-Z]{3}"), ("iso2", "[A-Z]{2}"), ("wikidata", r"Q[1-9]\d*")):
        values = [row[column] for row in rows]
        assert all(re.fullmatch(form, value) for value in values)
        assert len(set(values)) == len(values)


def test_every_member_state_has_an_arabic_name_and_nearly_all_an_adjective_and_a_capital():
    members = [row for row in package_rows("countries.tsv") if row["un"] == "member"]
    assert all(re.search("[\u0621-\u064a]", row["name"]) for row in members)
    assert sum(bool(row["nisba"]) for row in members) >= 150
    assert all(row["capitals"] for row in members)


def test_enough_leaders_and_bodies(gazetteer):
    kinds = Counter(entry.type for entry in gazetteer.entries.values())
    assert kinds["PER"] >= 600
    assert kinds["ORG"] >= 300
    assert kinds["LOC"] >= 600


@pytest.mark.parametrize("name", FILES)
def test_countries_are_codes(name, codes):
    wrong = [row["name"] for row in package_rows(name) if row["country"] not in codes | NO_STATE]
    assert not wrong


def test_keys_and_wikidata_ids_are_unique(gazetteer):
    assert len(gazetteer.entries) == 2 * 250 - _without_capital() + sum(len(list(package_rows(f))) for f in FILES)
    ids = Counter(entry.wikidata for entry in gazetteer.entries.values() if entry.wikidata)
    assert all(re.fullmatch(r"Q[1-9]\d*", identifier) for identifier in ids)
    assert max(ids.values()) == 1


def _without_capital() -> int:
    return sum(not row["capitals"] for row in package_rows("countries.tsv"))


def test_tenures_have_known_roles_places_and_ordered_dates(gazetteer, codes):
    roles = {office.text("role") for office in tables.read("titles.toml").rows("office")}
    for entry in gazetteer.entries.values():
        for tenure in entry.tenures:
            assert tenure.role in roles, entry.key
            assert tenure.place in codes or gazetteer.entries[tenure.place].type == "ORG", entry.key
            for day in filter(None, (tenure.start, tenure.end)):
                _parse(day)
            assert not tenure.end or not tenure.start or tenure.start <= tenure.end, entry.key


def _parse(day: str) -> date:
    """Read a date of a tenure, known to the day, the month or the year."""
    return date.fromisoformat((day + "-01-01")[:10] if len(day) == len("2009") else (day + "-01")[:10])


def test_one_holder_at_a_time(gazetteer, codes):
    offices = {(role, place) for role in RULERS for place in (codes - RIVALS) | {"un", "nato", "las", "gcc", "opec"}}
    wrong = []
    for role, place in offices:
        dated = [(t, e) for t, e in gazetteer.holders(role, place) if t.start]
        terms = sorted((_parse(t.start), _parse(t.end) if t.end else date.max, e.key) for t, e in dated)
        wrong += [(role, place, a, b) for a, b in pairwise(terms) if (a[1] - b[0]).days > TOLERANCE_DAYS]
    assert not wrong


def test_variants_belong_to_one_entry_of_a_type_or_to_entries_of_several_countries(gazetteer):
    """A name of two entries is only there where the article's country can tell them apart."""
    for name, entries in gazetteer.by_name().items():
        for kind in ("ORG", "LOC"):
            same = Counter(entry.country for entry in entries if entry.type == kind)
            assert max(same.values(), default=1) == 1 or name in SAME_CITY, name


def test_capitals_and_countries_share_names_only_where_they_do():
    shared = set()
    for row in package_rows("countries.tsv"):
        shared |= {row["iso3"]} if row["name"] in row.several("capitals") else set()
    assert shared == {"GIB", "MCO", "SMR"}


def test_bodies_name_a_role_once():
    roles = [body.text("role") for body in tables.read("gazetteer/bodies.toml").rows("body")]
    assert len(roles) == len(set(roles))


HEADER = "type\tname\tvariants\tname_en\tcountry\twikidata\tkind\ttenures\n"
ENTRY = "PER\tزيدون الكوكبي\tأبو زيد الكوكبي\tZaydun al-Kawkabi\tTUN\t\t\tforeign_minister@TUN 2031-01-01/\n"


def test_an_analyst_adds_an_entry(tmp_path):
    sentence = "قال {PER!أبو زيد الكوكبي} في تونس ذلك. وأضاف <وزير الخارجية التونسي> تفاصيل."
    without = read(sentence, "2031-06-01")
    linking.load().link(without.document)
    assert without.target.name == "أبو زيد الكوكبي"

    path = tmp_path / "mine.tsv"
    path.write_text(f"# names of our own\n{HEADER}{ENTRY}", encoding="utf-8")
    linker = linking.load(path)
    marked = read(sentence, "2031-06-01")
    linker.link(marked.document)
    assert (marked.target.name, marked.target.name_en) == ("زيدون الكوكبي", "Zaydun al-Kawkabi")
    assert (marked.target.role, marked.target.role_from) == ("foreign_minister", "2031-01-01")
    assert marked.target.entity_id == "extra:zaydun-al-kawkabi"
    assert linker.resolve(marked.document, marked.start, marked.end).name == "زيدون الكوكبي"


def test_an_analyst_overrides_an_entry(tmp_path):
    path = tmp_path / "mine.tsv"
    path.write_text(f"{HEADER}ORG\tحركة حماس الجديدة\tحماس\tNew Hamas\tPSE\n", encoding="utf-8")
    marked = read("قالت {ORG!حماس} ذلك.")
    linking.load(path).link(marked.document)
    assert marked.target.name == "حركة حماس الجديدة"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("type\tname\nPER\tأ\tب\tج\n", "line 2: 4 columns"),
        ("type\tname\nMAN\tأحمد\n", "type must be one of"),
        ("type\tname\nPER\t\n", "name is empty"),
        ("type\tname\tcountry\nPER\tأحمد\tTunis\n", "country must be"),
        ("type\tname\ttenures\nPER\tأحمد\tforeign_minister 2031\n", "tenure must read"),
    ],
)
def test_a_bad_entry_is_told(tmp_path, content, message):
    path = tmp_path / "bad.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message):
        linking.load(path)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        linking.load(tmp_path / "none.tsv")
