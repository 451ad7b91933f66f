"""The gazetteer's table: loaded once, replaced as a whole by the next release."""

from __future__ import annotations

from agents.clickhouse.gazetteer import load_gazetteer
from pipeline.linking import Entry, Tenure

EGYPT = Entry(key="EGY", type="LOC", name="مصر", name_en="Egypt", country="EGY", wikidata="Q79", kind="country")
MINISTER = Entry(
    key="someone",
    type="PER",
    name="فلان",
    name_en="Someone",
    country="EGY",
    variants=("فلان الفلاني",),
    tenures=(Tenure("foreign_minister", "EGY", "2014-06-17", "2024-07-03"),),
)


def test_loaded_once_and_replaced_as_a_whole(shared_settings, rows):
    assert load_gazetteer(shared_settings, [EGYPT, MINISTER]) == 2
    assert load_gazetteer(shared_settings, [MINISTER, EGYPT]) == 0
    assert rows("SELECT entity_id, roles, role_tos FROM entities WHERE type = 'PER'") == [
        ("someone", ["foreign_minister"], ["2024-07-03"])
    ]
    assert load_gazetteer(shared_settings, [EGYPT]) == 1
    assert rows("SELECT entity_id, name_en FROM entities") == [("Q79", "Egypt")]
