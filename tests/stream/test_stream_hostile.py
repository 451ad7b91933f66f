"""A thousand hostile records and more: each gives a result or a reason, and none an exception."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.kafka import article
from support.stages import FakeStage

from agents.metrics import Health
from agents.settings import Settings
from agents.sink.work import Sink
from agents.stage.annotate import Annotate
from agents.stage.letters import letter_headers
from agents.stage.records import Emitted, Record, Rejected, Stored, Watch
from schemas.document import Document
from schemas.errors import ContractError
from schemas.topics import STAGES
from schemas.wire import encode

FIELDS = ("id", "source", "title", "body", "url", "language", "published_at", "revision", "schema_version")
TEXT = st.text(max_size=40) | st.sampled_from(
    ["", "نص", "ar", "\x00", "\u202e", "0001-01-01T00:00:00+14:00", "9999-12-31", "2024"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)
STRANGE_ARTICLES = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4).map(
    lambda fields: json.dumps(article(1) | fields).encode()
)
CUT = st.builds(lambda data, at: data[:at], STRANGE_ARTICLES, st.integers(0, 200))
RECORDS = (
    STRANGE_ARTICLES | CUT | st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()) | st.none()
)
TIMES = st.integers(0, 2**41) | st.sampled_from([-1, 0, 2**31, 2**53, 2**63 - 1])


def surprises(example_count):
    return settings(
        max_examples=example_count, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
    )


@surprises(1000)
@given(RECORDS, TIMES)
@example(json.dumps(article(1, published_at="0001-01-01T00:00:00+14:00")).encode(), 1_700_000_000_000)
@example(json.dumps(article(1)).encode(), 2**63 - 1)
def test_a_raw_record_gives_a_document_or_a_reason(value, timestamp):
    record = Record("articles.raw", 0, 1, timestamp, b"k", value)
    (outcome,) = Annotate(STAGES[0], FakeStage("tokenise"), 1)([record], Watch())
    assert isinstance(outcome, (Emitted, Rejected))
    if isinstance(outcome, Rejected):
        headers = letter_headers(record, "tokenise", outcome.error, 0.0)
        assert all(isinstance(content, bytes) for _, content in headers)
        assert isinstance(outcome.error, ContractError) or "cannot be read" in str(outcome.error)


class Taking:
    def insert(self, table, rows, token):
        """Take all."""


@surprises(500)
@given(st.dictionaries(st.sampled_from(sorted(Document.__struct_fields__)), VALUES, max_size=4), st.integers(0, 400))
def test_an_inner_record_gives_rows_or_a_reason(fields, cut):
    made = Document(id="a", revision=1, source="s", title="t", body="نص", published_at="2024-08-19T07:00:00Z")
    value = json.dumps(json.loads(encode(made)) | fields).encode()[: cut or None]
    record = Record("articles.events", 0, 1, 0, b"k", value)
    (outcome,) = Sink(Settings(), Health(), Taking())([record], Watch())
    assert isinstance(outcome, (Stored, Rejected))
