"""A thousand hostile records and more: each gives a result or a reason, none an exception, and nothing piles up."""

from __future__ import annotations

import json

import psutil
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.kafka import article, headers_of, publish, publish_articles, read_all, wait_for
from support.stages import FakeStage

from agents.lag import read_lag
from agents.metrics import Health
from agents.settings import Settings
from agents.sink.work import Sink
from agents.stage.annotate import Annotate
from agents.stage.letters import letter_headers
from agents.stage.records import Emitted, Record, Rejected, Stored, Watch
from schemas.document import Document
from schemas.errors import ContractError
from schemas.topics import DEAD_LETTER, RAW, STAGES, TOKENISED
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
MARKS = st.text(
    st.sampled_from("\u202e\u2066\u200f\u200d\u0300\u064b\u0640\ufeff\u2028\x1b\n\t<&'\"\\\U0001f600"), max_size=60
)
ODD_ARTICLES = st.fixed_dictionaries(
    {"title": TEXT | MARKS, "body": st.tuples(TEXT | MARKS, MARKS).map("قال الوزير".join)},
    optional={"id": TEXT, "url": TEXT | MARKS, "revision": st.integers(0, 2**63 - 1), "extra": VALUES},
).map(lambda fields: json.dumps(article(1) | fields).encode())
"""Most of these must be processed, however they look."""
CUT = st.builds(lambda data, at: data[:at], STRANGE_ARTICLES, st.integers(0, 200))
RECORDS = (
    ODD_ARTICLES
    | STRANGE_ARTICLES
    | CUT
    | st.binary(max_size=200)
    | VALUES.map(lambda value: json.dumps(value).encode())
    | st.none()
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


ROUNDS = 5
PADDED, PADDING = 200, 100_000
"""Records of a round with this many bytes more: kept, one round of them would be 20 MB."""
FLAT_BYTES = 15_000_000
"""The most that the worker may grow over the three last rounds, in which it gets 60 MB of padding."""


def hostile_values(count):
    """At least ``count`` raw values, the same in each run."""
    found = []

    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(RECORDS)
    def collect(value):
        found.append(value)

    collect()
    return found


def padded(value, number):
    return value if number >= PADDED or value is None else value + b" " * PADDING


@pytest.mark.kafka
@pytest.mark.slow
def test_a_worker_lives_through_thousands_and_each_is_processed_or_a_dead_letter(settings, start_worker):
    values = hostile_values(1000)
    assert len(values) >= 1000
    worker = start_worker("tokenise")
    process, sizes, published = psutil.Process(worker.process.pid), [], 0
    for at in range(ROUNDS):
        records = [(f"{at}/{n}".encode(), padded(value, n)) for n, value in enumerate(values)]
        publish(settings, RAW, records)
        published += len(records)
        wait_for(lambda total=published: done(settings) == total, timeout=240)
        sizes.append(process.memory_info().rss)
    publish_articles(settings, RAW, [article("last")])
    wait_for(lambda: done(settings) == published + 1)
    results, letters = read_all(settings, TOKENISED), read_all(settings, DEAD_LETTER)
    assert any(record.key() == b"alast" for record in results)
    assert len(letters) + len(results) == published + 1
    assert min(len(letters), len(results)) > published // 20
    assert len({record.key() for record in letters}) == len(letters)
    original = {f"{at}/{n}".encode(): padded(value, n) for at in range(ROUNDS) for n, value in enumerate(values)}
    for letter in letters:
        assert letter.value() == original[letter.key()]
        assert headers_of(letter)["khabar.error.class"].endswith("Error")
        assert headers_of(letter)["khabar.error.message"]
    assert process.pid == worker.process.pid
    assert worker.running
    assert max(sizes[2:]) - sizes[1] < FLAT_BYTES, sizes


def done(settings):
    """Records of the raw topic that the stage has committed."""
    rows = read_lag(settings, STAGES[:1])
    return sum(row.end - row.lag_messages for row in rows)


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
