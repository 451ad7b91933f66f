"""``khabar publish``: what is read, checked, sent, counted."""

from __future__ import annotations

import gzip
import io
import re
import sys
import time
from types import SimpleNamespace

import orjson
import pytest

from agents.json_lines import Line, read_lines, total_bytes
from agents.publish import Options, Publisher, article_key
from agents.settings import Settings
from schemas.errors import BrokerError, ConfigurationError
from schemas.topics import RAW

GOOD = {"id": "a1", "source": "وكالة", "title": "عنوان", "body": "نص الخبر"}


def line(number=1, **changes):
    return Line("f.jsonl", number, orjson.dumps(GOOD | changes))


class Producer:
    """confluent-kafka's interface; acknowledges at the next poll."""

    def __init__(self, *, refuse=(), full=0, silent=False):
        self.sent, self.waiting, self.refuse, self.full, self.silent = [], [], refuse, full, silent

    def produce(self, topic, value, key, *, on_delivery, timestamp):
        if self.full:
            self.full -= 1
            raise BufferError
        self.sent.append((topic, key, value, timestamp))
        error = SimpleNamespace(str=lambda: "message too large") if key in self.refuse else None
        self.waiting.append((on_delivery, error))

    def poll(self, _timeout):
        if not self.silent:
            for done, error in self.waiting:
                done(error, None)
            self.waiting = []

    def flush(self, _timeout):
        self.poll(0)
        return len(self.waiting)


def publisher(producer, **options):
    return Publisher(Settings(kafka_topic_prefix="p."), RAW, Options(**options), producer)


def test_a_good_article_is_sent_unchanged_with_its_id_as_key():
    producer = Producer()
    publish = publisher(producer)
    publish.send(line())
    publish.finish()
    ((topic, key, value, timestamp),) = producer.sent
    assert (topic, key, value) == ("p.articles.raw", b"a1", line().data)
    assert abs(timestamp / 1000 - time.time()) < 60
    assert (publish.report.published, publish.report.good) == (1, True)


def test_an_article_without_id_is_keyed_by_what_the_first_stage_derives():
    anonymous = line(id=None).data
    assert article_key(anonymous, 1_700_000_000_000) == article_key(anonymous, 1_800_000_000_000)
    assert article_key(anonymous, 1_700_000_000_000) != article_key(line(id=None, title="آخر").data, 1_700_000_000_000)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "UndecodableError"),
        (orjson.dumps(GOOD | {"body": 5}), r"InvalidFieldError: \$\.body"),
        (orjson.dumps(GOOD | {"language": "fr"}), "UnsupportedLanguageError"),
        (orjson.dumps(GOOD | {"body": "ن" * 1_100_000}), "TooLargeError"),
    ],
)
def test_a_wrong_line_is_named_and_not_sent(data, said):
    producer = Producer()
    publish = publisher(producer)
    publish.send(Line("f.jsonl", 7, data))
    publish.send(line())
    publish.finish()
    assert len(producer.sent) == 1
    assert (publish.report.published, publish.report.invalid, publish.report.good) == (1, 1, False)
    (complaint,) = publish.report.complaints
    assert complaint.startswith("f.jsonl:7: ")
    assert re.search(said, complaint)


@pytest.mark.parametrize(
    ("data", "key"), [(b"\xff\xfe", None), (b'{"id": "x"}', b"x"), (b'{"id": 5}', None), (b"[]", None)]
)
def test_without_validation_any_bytes_are_sent(data, key):
    producer = Producer()
    publish = publisher(producer, validate=False)
    publish.send(Line("f.jsonl", 1, data))
    publish.finish()
    assert [(sent[1], sent[2]) for sent in producer.sent] == [(key, data)]
    assert publish.report.published == 1


def test_what_the_broker_refuses_is_counted_and_named():
    publish = publisher(Producer(refuse={b"a1"}))
    publish.send(line(3))
    publish.finish()
    assert (publish.report.published, publish.report.failed) == (0, 1)
    assert publish.report.complaints == ["f.jsonl:3: not published: message too large"]


def test_a_full_queue_is_waited_for():
    producer = Producer(full=3)
    publish = publisher(producer)
    publish.send(line())
    publish.finish()
    assert (len(producer.sent), publish.report.published) == (1, 1)


def test_missing_acknowledgements_are_an_error():
    publish = publisher(Producer(silent=True))
    publish.send(line())
    with pytest.raises(BrokerError, match="1 articles are not acknowledged"):
        publish.finish()


def test_the_rate_is_kept():
    publish = publisher(Producer(), rate=50)
    start = time.monotonic()
    for number in range(11):
        publish.send(line(number))
    assert time.monotonic() - start >= 10 / 50


def test_lines_come_from_files_gzip_and_standard_input(tmp_path, monkeypatch):
    (tmp_path / "a.jsonl").write_bytes(b"1\n\n  \n2\r\n")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b"3\n4"))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"5\n")))
    read = []
    paths = [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl.gz")]
    lines = list(read_lines([*paths, "-"], read.append))
    assert [found.data for found in lines] == [b"1", b"2", b"3", b"4", b"5"]
    assert [found.place for found in lines][1:3] == [f"{paths[0]}:4", f"{paths[1]}:1"]
    assert 0 < sum(read) <= total_bytes(paths)
    assert total_bytes([*paths, "-"]) is None


def test_a_broken_gzip_file_is_an_error_that_names_it(tmp_path):
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"3\n4" * 1000)[:-12])
    with pytest.raises(ConfigurationError, match=r"b\.gz cannot be read"):
        list(read_lines([str(tmp_path / "b.gz")]))


def test_a_wrong_topic_or_file_is_a_usage_error(khabar, tmp_path):
    (tmp_path / "a.jsonl").write_bytes(line().data)
    assert khabar("publish", "nowhere.jsonl").code == 2
    result = khabar("publish", "a.jsonl", "--topic", "nothing")
    assert result.code == 2
    assert "articles.raw" in result.err
