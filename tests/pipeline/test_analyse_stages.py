"""Analyse: stages run in order, and the printed form is the gold's."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipeline.analyse import STAGE_NAMES, analyse, load_stage, to_output
from schemas.annotations import Actor, Entity, Event, Quote, Sentence, Span, Word
from schemas.document import Document
from schemas.topics import STAGES


def document(**fields):
    return Document(
        id="a1",
        revision=3,
        source="test",
        title="قال",
        body="قال الوزير",
        published_at="2024-08-19T07:00:00Z",
        **fields,
    )


class Mark:
    version = "1"

    def __init__(self, name):
        self.name = name

    def __call__(self, documents):
        for one in documents:
            one.versions[self.name] = str(len(one.versions))
        return list(documents)


def test_stages_run_in_order_over_all_documents():
    done = analyse(iter([document(), document()]), [Mark("first"), Mark("second")])
    assert [d.versions for d in done] == [{"first": "0", "second": "1"}] * 2


def test_the_stages_are_those_of_the_stream_before_the_sink():
    assert tuple(stage.name for stage in STAGES[:-1]) == STAGE_NAMES


def test_an_unknown_stage_is_refused_with_the_known_names():
    with pytest.raises(ValueError, match="tokenise, ner, quotes, events"):
        load_stage("sink")


def test_output_has_the_form_of_the_gold():
    span = Span(start=0, end=3, text="قال")
    annotated = document(
        sentences=[Sentence(start=0, end=3, words=[Word(start=0, end=3, text="قال", token=0, upos="VERB")])],
        entities=[Entity(start=0, end=3, text="قال", type="PER", name="قال", country="EGY")],
        quotes=[Quote(content=span, kind="direct", cue=span, speaker_name="الوزير")],
        events=[Event(kind="visit", phase="realised", trigger=span, source=[Actor(start=0, end=3, text="قال")])],
    )
    out = to_output(annotated)
    assert out["id"] == "a1"
    assert out["sentences"][0]["words"][0].items() >= {"start": 0, "end": 3, "text": "قال", "upos": "VERB"}.items()
    assert out["entities"][0].items() >= {"start": 0, "end": 3, "type": "PER", "name": "قال", "country": "EGY"}.items()
    assert out["quotes"][0]["content"] == {"start": 0, "end": 3, "text": "قال"}
    assert out["quotes"][0]["speaker"] is None
    assert out["quotes"][0].keys() >= {"kind", "cue", "speaker_name"}
    assert out["events"][0].keys() >= {"kind", "phase", "trigger", "source", "target", "negated"}
    assert out["events"][0]["source"][0].keys() >= {"start", "end", "text", "name", "country"}


def test_importing_analyse_loads_nothing_heavy():
    code = "import sys, pipeline.analyse; print([m for m in ('torch', 'stanza', 'onnxruntime', 'numpy') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
