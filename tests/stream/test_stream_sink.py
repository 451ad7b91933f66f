"""The sink's patience, without Kafka and ClickHouse: what is held, what is refused, what is repeated."""

from __future__ import annotations

import pytest
from support.stages import FakeStage

from agents.metrics import Health
from agents.settings import Settings
from agents.sink import work
from agents.sink.rows import TABLES
from agents.sink.store import store_error
from agents.sink.work import Sink
from agents.stage.records import Record, Rejected, StoppingError, Stored, Watch
from schemas.document import Document
from schemas.errors import StoreError
from schemas.wire import encode


class FakeStore:
    """Fails the first ``failures`` inserts, and always where a row's article is in ``refused``."""

    def __init__(self, failures=0, refused=()):
        self.failures, self.refused = failures, refused
        self.inserts = []

    def insert(self, table, rows, token):
        if self.failures:
            self.failures -= 1
            raise StoreError("away")
        if any(row["article_id"] in self.refused for row in rows):
            raise StoreError("a row is wrong", retriable=False)
        self.inserts.append((table, [row["article_id"] for row in rows], token))


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(work, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(work, "LONGEST_PAUSE", 0.002)


def record(number):
    document = Document(
        id=f"a{number}", revision=1, source="s", title="عنوان", body="قال الوزير", published_at="2024-08-19T07:00:00Z"
    )
    for stage in ("tokenise", "ner", "quotes", "events"):
        FakeStage(stage)([document])
    return Record("articles.events", 0, number, 0, document.id.encode(), encode(document))


def store(fake, records, watch=None, **settings):
    health = Health()
    sink = Sink(Settings(**settings), health, fake)
    return sink(records, watch or Watch()), health


def test_one_insert_a_table_and_articles_last():
    fake = FakeStore()
    outcomes, _ = store(fake, [record(n) for n in range(10)])
    assert outcomes == [Stored()] * 10
    assert [table for table, _, _ in fake.inserts] == list(TABLES)


def test_large_batches_are_cut_by_rows():
    fake = FakeStore()
    store(fake, [record(n) for n in range(10)], sink_batch_rows=4)
    assert [len(ids) for table, ids, _ in fake.inserts if table == "events"] == [4, 4, 2]
    assert len({token for _, _, token in fake.inserts}) == len(fake.inserts)


def test_the_same_batch_has_the_same_tokens_and_another_batch_has_others():
    tokens = []
    for numbers in (range(5), range(5), range(6)):
        fake = FakeStore()
        store(fake, [record(n) for n in numbers])
        tokens.append([token for _, _, token in fake.inserts])
    assert tokens[0] == tokens[1]
    assert not set(tokens[1]) & set(tokens[2])


def test_away_it_tries_again_until_it_is_back_and_tells_its_watch():
    waits = []
    outcomes, health = store(FakeStore(failures=7), [record(1)], Watch(waiting=lambda: waits.append(1)))
    assert outcomes == [Stored()]
    assert len(waits) == 7
    assert health.store_answers


def test_asked_to_stop_while_clickhouse_is_away_nothing_is_stored():
    watch = Watch()
    watch.stopping.set()
    with pytest.raises(StoppingError):
        store(FakeStore(failures=10**9), [record(1)], watch)


@pytest.mark.parametrize("refused", [{"a0"}, {"a6"}, {"a2", "a3", "a9"}])
def test_a_refused_row_is_found_and_the_others_are_stored(refused):
    fake = FakeStore(refused=refused)
    outcomes, _ = store(fake, [record(n) for n in range(10)])
    assert {f"a{n}" for n, outcome in enumerate(outcomes) if isinstance(outcome, Rejected)} == refused
    stored = [article for table, ids, _ in fake.inserts if table == "articles" for article in ids]
    assert sorted(stored) == sorted({f"a{n}" for n in range(10)} - refused)


def test_undecodable_documents_are_set_apart():
    bad = Record("articles.events", 0, 5, 0, b"k", b"{}")
    outcomes, _ = store(FakeStore(), [record(1), bad])
    assert outcomes[0] == Stored()
    assert "$" in str(outcomes[1].error)


def test_a_date_that_is_none_is_the_documents_fault():
    good = record(1)
    bad = Record("t", 0, 2, 0, b"k", good.value.replace(b'"date":""', b'"date":"soon"'))
    outcomes, _ = store(FakeStore(), [bad])
    assert "soon" in str(outcomes[0].error)


def clickhouse(code, kind="DatabaseError"):
    from clickhouse_connect.driver import exceptions

    return getattr(exceptions, kind)("on purpose", code=code)


@pytest.mark.parametrize(
    ("error", "retriable"),
    [
        (clickhouse(None, "OperationalError"), True),
        (clickhouse(202), True),  # too many queries
        (clickhouse(241), True),  # memory
        (clickhouse(242), True),  # read-only
        (clickhouse(243), True),  # disk full
        (clickhouse(60), True),  # no table: somebody has to migrate, then it goes on
        (clickhouse(516), True),  # wrong password: the same
        (ConnectionResetError("cut"), True),
        (TimeoutError("slow"), True),
        (KeyError("a column"), True),
        (clickhouse(117), False),
        (clickhouse(53), False),
        (clickhouse(469), False),
        (clickhouse(None, "DataError"), False),
        (OverflowError("4294967296 does not fit"), False),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"), False),
    ],
    ids=str,
)
def test_which_errors_are_the_rows_fault(error, retriable):
    made = store_error("events", error)
    assert made.retriable is retriable
    assert "events" in str(made)
