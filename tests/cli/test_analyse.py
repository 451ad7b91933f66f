"""``khabar analyse``: order, bad lines, stages that fail, the same ids each time."""

from __future__ import annotations

import gzip

import orjson
import pytest

from schemas.annotations import Sentence
from schemas.errors import ModelMissingError, ProcessingError

GOOD = {"source": "وكالة", "title": "عنوان", "body": "نص الخبر"}


class Stage:
    name, version = "tokenise", "1"

    def __call__(self, documents):
        if any("قنبلة" in document.body for document in documents):
            raise ProcessingError("this one cannot be done")
        for document in documents:
            document.sentences = [Sentence(start=0, end=len(document.text))]
        return list(documents)


@pytest.fixture(autouse=True)
def stages(monkeypatch):
    monkeypatch.setattr("pipeline.analyse.load_stages", lambda *_: [Stage()])


def write(path, *articles):
    path.write_bytes(b"\n".join(a if isinstance(a, bytes) else orjson.dumps(a, option=0) for a in articles))


def ids(result):
    return [orjson.loads(line)["id"] for line in result.out.splitlines()]


def test_articles_come_out_in_order(khabar, tmp_path):
    write(tmp_path / "a.jsonl", *[GOOD | {"id": f"a{number}"} for number in range(70)])
    result = khabar("analyse", "a.jsonl", "--worker-batch", "32")
    assert (result.code, result.err) == (0, "")
    assert ids(result) == [f"a{number}" for number in range(70)]
    first = orjson.loads(result.out.splitlines()[0])
    assert first["sentences"] == [{"start": 0, "end": 15, "words": []}]
    assert first["revision"] == 0


def test_bad_lines_are_named_counted_and_left_out(khabar, tmp_path):
    write(tmp_path / "a.jsonl", GOOD | {"id": "a"}, b"{", GOOD | {"id": "c", "body": ""}, GOOD | {"id": "d"})
    result = khabar("analyse", "a.jsonl")
    assert result.code == 1
    assert ids(result) == ["a", "d"]
    assert "a.jsonl:2: UndecodableError" in result.err
    assert "a.jsonl:3: InvalidFieldError: $.body" in result.err
    assert result.err.endswith("2 annotated, 2 not\n")


def test_an_article_that_a_stage_cannot_do_costs_no_other(khabar, tmp_path):
    write(tmp_path / "a.jsonl", GOOD | {"id": "a"}, GOOD | {"id": "b", "body": "قنبلة"}, GOOD | {"id": "c"})
    result = khabar("analyse", "a.jsonl")
    assert (result.code, ids(result)) == (1, ["a", "c"])
    assert "a.jsonl:2: ProcessingError: this one cannot be done" in result.err


def test_a_missing_model_ends_the_command(khabar, tmp_path, monkeypatch):
    def missing(*_):
        raise ModelMissingError("no model; install it")

    monkeypatch.setattr("pipeline.analyse.load_stages", missing)
    write(tmp_path / "a.jsonl", GOOD)
    result = khabar("analyse", "a.jsonl")
    assert (result.code, result.out, result.err) == (5, "", "khabar: no model; install it\n")


def test_the_same_file_gives_the_same_output(khabar, tmp_path):
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(orjson.dumps(GOOD | {"published_at": "2025-03-04"})))
    first = khabar("analyse", "a.jsonl.gz")
    assert first.code == 0
    assert khabar("analyse", "a.jsonl.gz").out == first.out
