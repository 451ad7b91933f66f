"""What a producer may send, and what each refusal says (the table of docs/producers.md)."""

from __future__ import annotations

import contextlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import errors
from schemas.document import Document
from schemas.intake import open_document
from schemas.wire import decode, encode

NOW = 1_724_054_400_000  # 2024-08-19T08:00:00Z
GOOD = {"id": "a-1", "source": "واس", "title": "عنوان", "body": "قال الوزير إن المحادثات مستمرة."}


def record(**change):
    return orjson.dumps(GOOD | change)


REFUSED = [
    (None, errors.TombstoneError, "tombstone"),
    (b"", errors.UndecodableError, "not JSON"),
    (b"not json", errors.UndecodableError, "not JSON"),
    (b"[1]", errors.InvalidFieldError, r"\$: Expected `object`, got `array`"),
    (b"[" * 100_000, errors.UndecodableError, "depth"),
    (b'{"a":' * 2_000 + b"1" + b"}" * 2_000, errors.UndecodableError, "depth"),
    (b'{"source":"s","title":"\\ud800","body":"b"}', errors.UndecodableError, "surrogate"),
    ('{"source":"s","title":"عنوان","body":"نص"}'.encode("utf-16"), errors.UndecodableError, "UTF-8"),
    (record(body="x" * (1024 * 1024)), errors.TooLargeError, "bytes"),
    (record(body="ق" * 200_001), errors.InvalidFieldError, r"\$\.body"),
    (record(body=""), errors.InvalidFieldError, r"\$\.body"),
    (record(body=" \n\t "), errors.InvalidFieldError, "white space only"),
    (record(body="قال\x00"), errors.InvalidFieldError, "null character"),
    (record(title="قال\x00"), errors.InvalidFieldError, r"\$\.title"),
    (record(title=7), errors.InvalidFieldError, r"\$\.title"),
    (record(source=None), errors.InvalidFieldError, r"\$\.source"),
    (record(id="a" * 257), errors.InvalidFieldError, r"\$\.id"),
    (record(id="a\nb"), errors.InvalidFieldError, r"\$\.id"),
    (record(id=5), errors.InvalidFieldError, r"\$\.id"),
    (record(language="en"), errors.UnsupportedLanguageError, "'en'"),
    (record(body="All in English."), errors.UnsupportedLanguageError, "no Arabic letter"),
    (record(published_at="yesterday"), errors.InvalidFieldError, "RFC 3339"),
    (record(published_at="2024-08-21T00:00:00Z"), errors.InvalidFieldError, "future"),
    (record(published_at="0001-01-01T00:00+14:00"), errors.InvalidFieldError, "year 1"),
    (record(published_at="9999-12-31T23:00-14:00"), errors.InvalidFieldError, "future"),
    (record(published_at="9999-12-31"), errors.InvalidFieldError, "future"),
    (record(revision=-1), errors.InvalidFieldError, r"\$\.revision"),
    (record(revision=True), errors.InvalidFieldError, r"\$\.revision"),
]


@pytest.mark.parametrize(("data", "error", "message"), REFUSED, ids=range(len(REFUSED)))
def test_refused_with_its_reason(data, error, message):
    with pytest.raises(error, match=message) as caught:
        open_document(data, NOW)
    assert not caught.value.retriable


ACCEPTED = [
    ({}, "published_at", "2024-08-19T08:00:00Z"),
    ({}, "published_at_defaulted", True),
    ({}, "revision", NOW),
    ({"revision": 3}, "revision", 3),
    ({"published_at": ""}, "published_at_defaulted", True),
    ({"published_at": None}, "published_at_defaulted", True),
    ({"published_at": "2024-08-19"}, "published_at", "2024-08-19T00:00:00Z"),
    ({"published_at": "2024-08-19T10:00:00+03:00"}, "published_at", "2024-08-19T07:00:00Z"),
    ({"published_at": "2024-08-20T07:00:00Z"}, "published_at", "2024-08-20T07:00:00Z"),
    ({"published_at": "2009-01-01"}, "published_at_defaulted", False),
    ({"language": "ar-EG"}, "language", "ar"),
    ({"language": None}, "language", "ar"),
    ({"title": ""}, "title", ""),
    ({"url": "https://example.org/1"}, "url", "https://example.org/1"),
    ({"unknown": 1}, "id", "a-1"),
    ({"body": "  قال\r\n\x0bنعم \u200f"}, "body", "  قال\r\n\x0bنعم \u200f"),
]


@pytest.mark.parametrize(("change", "field", "value"), ACCEPTED)
def test_accepted(change, field, value):
    assert getattr(open_document(record(**change), NOW), field) == value


def test_an_article_without_id_gets_the_same_one_each_time_and_another_for_another_text():
    one, again, other = (
        open_document(record(id=i, title=t), n).id for i, t, n in ((None, "أ", 1), ("", "أ", 2), (None, "ب", 3))
    )
    assert one == again != other


def test_offsets_index_title_blank_line_body():
    document = open_document(record(), NOW)
    assert document.text == GOOD["title"] + "\n\n" + GOOD["body"]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200))
def test_any_text_survives_the_wire_unchanged(text):
    document = open_document(record(title=text, body="ق" + text), NOW)
    assert decode(encode(document), Document, limit=10**6) == document


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_opened_never_anything_else(data):
    with contextlib.suppress(errors.ContractError):
        assert open_document(data, NOW).id
