"""Date expressions: a table of sentences, and what must hold for any text."""

from __future__ import annotations

from datetime import date

import pytest
from events_support import rows
from hypothesis import given
from hypothesis import strategies as st

from pipeline.events.dates import find_dates
from pipeline.events.hijri import to_gregorian

PIECES = [
    "يوم",
    "الأحد",
    "19",
    "آب",
    "/",
    "أغسطس",
    "2024",
    "أمس",
    "غدا",
    "الماضي",
    "من",
    "رمضان",
    "١٩",
    "ـ",
    "َ",
    "-",
    " ",
    "\n",
    "قبل",
    "يومين",
    "x",
]


@pytest.mark.parametrize("row", rows("dates.tsv"), ids=lambda row: row[0])
def test_an_expression_means_a_day(row):
    sentence, published, ahead, expression, day, how = row
    day_of_publication = date.fromisoformat(published)
    found = find_dates(sentence, day_of_publication)
    if not expression:
        assert found == []
        return
    (mention,) = found
    assert sentence[mention.start : mention.end] == expression
    assert mention.kind == how
    resolved = mention.resolve(day_of_publication, future=bool(ahead))
    assert (resolved.isoformat() if resolved else "") == day


def test_offsets_count_from_the_start_of_the_text():
    text = "خبر قديم أمس. وصل الوفد يوم الأحد."
    (mention,) = find_dates(text, date(2024, 8, 20), start=text.index("وصل"))
    assert text[mention.start : mention.end] == "يوم الأحد"


def test_every_weekday_lies_within_a_week_of_publication():
    names = ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"]
    for ordinal in range(date(2024, 8, 12).toordinal(), date(2024, 8, 19).toordinal()):
        published = date.fromordinal(ordinal)
        for weekday, name in enumerate(names):
            (mention,) = find_dates(f"وقع الحادث {name}", published)
            back, ahead = (mention.resolve(published, future=future) for future in (False, True))
            assert back.weekday() == ahead.weekday() == weekday
            assert 0 <= (published - back).days < 7
            assert 0 <= (ahead - published).days < 7


@given(st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join) | st.text(max_size=80))
def test_any_text_gives_ordered_spans_inside_it(text):
    end = 0
    for mention in find_dates(text, date(2024, 8, 20)):
        assert end <= mention.start < mention.end <= len(text)
        end = mention.end


@pytest.mark.parametrize("published", [date.min, date.max])
def test_the_ends_of_the_calendar_are_no_error(published):
    for mention in find_dates("أمس وغدا ويوم الأحد المقبل والاثنين الماضي وقبل يومين و3 مارس", published):
        mention.resolve(published, future=True)


@pytest.mark.parametrize(
    ("hijri", "gregorian"),
    [((1445, 1, 1), date(2023, 7, 19)), ((1436, 9, 1), date(2015, 6, 18)), ((1, 1, 1), date(622, 7, 19))],
)
def test_the_tabular_islamic_calendar(hijri, gregorian):
    assert to_gregorian(*hijri) == gregorian


@pytest.mark.parametrize("wrong", [(0, 1, 1), (1445, 13, 1), (1445, 0, 1), (1445, 1, 31), (10**9, 1, 1)])
def test_what_is_no_hijri_date(wrong):
    assert to_gregorian(*wrong) is None
