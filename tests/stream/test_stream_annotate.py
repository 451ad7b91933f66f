"""The work of an NLP stage on a batch, without Kafka."""

from __future__ import annotations

import json

import pytest
from support.kafka import article
from support.stages import FAILS, FAILS_ONCE, SWELLS, FakeStage

from agents.stage.annotate import Annotate
from agents.stage.records import Emitted, Record, Rejected, Watch
from schemas.document import Document
from schemas.errors import ModelMissingError, ProcessingError, TooLargeError
from schemas.topics import STAGES
from schemas.wire import decode

TOKENISE = STAGES[0]


def record(number, body="نص عربي"):
    value = json.dumps(article(number, body=body)).encode()
    return Record("articles.raw", 0, number, 1_700_000_000_000, None, value)


def run(stage, records, attempts=3):
    return Annotate(TOKENISE, stage, attempts)(records, Watch())


def test_documents_come_out_in_order_with_their_id_as_key():
    outcomes = run(FakeStage("tokenise"), [record(n) for n in range(5)])
    assert [outcome.key for outcome in outcomes] == [b"a0", b"a1", b"a2", b"a3", b"a4"]
    document = decode(outcomes[3].value, Document, limit=10**6)
    assert document.versions == {"tokenise": "fake-1"}
    assert document.revision == 1_700_000_000_000


def test_only_the_document_that_fails_is_rejected():
    outcomes = run(FakeStage("tokenise"), [record(0), record(1, FAILS), record(2)])
    assert [type(outcome) for outcome in outcomes] == [Emitted, Rejected, Emitted]
    error = outcomes[1].error
    assert isinstance(error, ProcessingError)
    assert "failed 3 times" in str(error)
    assert "cannot do a1" in str(error)


def test_a_retry_starts_from_the_bytes_and_not_from_half_a_result():
    (outcome,) = run(FakeStage("tokenise"), [record(1, FAILS_ONCE + " نص")])
    assert decode(outcome.value, Document, limit=10**6).title == "خبر 1"


def test_the_number_of_tries_is_the_setting():
    calls = []

    class Failing(FakeStage):
        def misbehave(self, document):
            calls.append(document.id)
            raise RuntimeError

    run(Failing("tokenise"), [record(1)], attempts=5)
    assert len(calls) == 1 + 5


def test_undecodable_records_do_not_reach_the_stage_and_do_not_stop_the_others():
    bad = Record("articles.raw", 0, 9, 0, b"k", b"{nope")
    outcomes = run(FakeStage("tokenise"), [record(0), bad, record(2)])
    assert [type(outcome) for outcome in outcomes] == [Emitted, Rejected, Emitted]


def test_a_stage_that_loses_a_document_is_an_error_and_not_a_shift():
    class Losing(FakeStage):
        def __call__(self, documents):
            return super().__call__(documents)[1:]

    assert [type(outcome) for outcome in run(Losing("tokenise"), [record(0), record(1)])] == [Rejected, Rejected]


def test_a_model_that_cannot_be_used_is_no_documents_fault():
    class Broken(FakeStage):
        def misbehave(self, _document):
            raise ModelMissingError("no weights")

    with pytest.raises(ModelMissingError):
        run(Broken("tokenise"), [record(0)])


def test_a_result_over_the_topics_limit_is_rejected_as_too_large():
    outcomes = run(FakeStage("tokenise"), [record(0), record(1, SWELLS + " نص")])
    assert isinstance(outcomes[0], Emitted)
    assert isinstance(outcomes[1].error, TooLargeError)


def test_a_result_with_half_a_surrogate_is_rejected():
    class Bad(FakeStage):
        def misbehave(self, document):
            document.url = "\ud800"

    (outcome,) = run(Bad("tokenise"), [record(0)])
    assert isinstance(outcome.error, ProcessingError)
