"""`khabar analyse` and the stream give the same annotations: the real stages, each over bytes as from its topic."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.metrics import Health
from agents.settings import Settings
from agents.stage.load import load_work
from agents.stage.records import Emitted, Record, Watch
from pipeline.analyse import analyse, load_stages, to_output
from schemas.document import MAX_DOCUMENT_BYTES, Document
from schemas.intake import open_document
from schemas.topics import STAGES
from schemas.wire import decode

SAMPLES = Path(__file__).parents[2] / "agents" / "samples" / "articles.jsonl"
NOW = 1_764_000_000_000

pytestmark = pytest.mark.models


def through_topics(lines, batch):
    """Each NLP stage of the stream in turn, in batches of another size than `analyse` takes."""
    values = lines
    for spec in STAGES[:-1]:
        work, outcomes = load_work(spec, Settings(), Health()), []
        for start in range(0, len(values), batch):
            part = values[start : start + batch]
            records = [Record(spec.reads.name, 0, start + i, NOW, b"key", value) for i, value in enumerate(part)]
            outcomes += work(records, Watch())
        assert all(isinstance(outcome, Emitted) for outcome in outcomes)
        values = [outcome.value for outcome in outcomes]
    return [decode(value, Document, limit=MAX_DOCUMENT_BYTES) for value in values]


def test_stream_and_analyse_agree_on_every_sample():
    lines = SAMPLES.read_bytes().splitlines()
    together = analyse([open_document(line, NOW) for line in lines], load_stages())
    streamed = through_topics(lines, batch=3)
    assert [to_output(document) for document in streamed] == [to_output(document) for document in together]
    assert sum(len(document.events) for document in streamed) > len(lines)
