"""Bad records one by one: each ends in the dead letters with its reason, or is accepted for a reason; none stops the stream."""

from __future__ import annotations

import json

import pytest
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from support.kafka import article, headers_of, publish, publish_articles, read

from agents.kafka import admin_client, producer_config, topic_name
from schemas.document import Document
from schemas.topics import DEAD_LETTER, RAW, TOKENISED
from schemas.wire import decode

pytestmark = pytest.mark.kafka


def as_json(**fields):
    return json.dumps(article("x") | fields).encode()


BAD = {
    "not JSON": (b"{nope", "UndecodableError", "not JSON"),
    "JSON, but no object": (b"[1, 2]", "InvalidFieldError", "$"),
    "not UTF-8": ("{'body': 'نص'}".encode("cp1256"), "UndecodableError", "not JSON"),
    "wrong type": (as_json(title=7), "InvalidFieldError", "$.title"),
    "no source": (json.dumps({"title": "ع", "body": "نص"}).encode(), "InvalidFieldError", "source"),
    "empty body": (as_json(body=""), "InvalidFieldError", "$.body"),
    "white body": (as_json(body=" \n"), "InvalidFieldError", "$.body"),
    "body over 200,000 characters": (
        as_json(body="ن" * 200_001).replace(b"\\u0646", "ن".encode()),
        "InvalidFieldError",
        "$.body",
    ),
    "lone surrogate": (as_json(body="\ud800 نص"), "UndecodableError", "not JSON"),
    "null bytes": (as_json(body="نص\x00نص"), "InvalidFieldError", "$.body"),
    "huge nesting": (b'{"body":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "UndecodableError", "not JSON"),
    "unknown language": (as_json(language="fr"), "UnsupportedLanguageError", "$.language"),
    "no Arabic": (as_json(body="nothing here"), "UnsupportedLanguageError", "$.body"),
    "future date": (as_json(published_at="2999-01-01T00:00:00Z"), "InvalidFieldError", "$.published_at"),
    "no date": (as_json(published_at="yesterday"), "InvalidFieldError", "$.published_at"),
    "line breaks in the id": (as_json(id="a\nb"), "InvalidFieldError", "$.id"),
    "tombstone": (None, "TombstoneError", "no value"),
}
ACCEPTED = {
    "no id: it is the hash of source, url, title and body": {"id": None},
    "no date: it is the record's own": {"published_at": None},
    "unknown fields are left out": {"colour": "blue"},
    "an empty title: some agencies have none": {"title": ""},
}


def test_each_bad_record_is_a_dead_letter_with_its_reason_and_the_stream_goes_on(settings, start_worker):
    start_worker("tokenise")
    good = [article(n) for n in range(5)]
    publish_articles(settings, RAW, good[:3])
    publish(settings, RAW, [(name.encode(), value) for name, (value, _, _) in BAD.items()], headers=[("trace", b"7")])
    publish(settings, RAW, [(name.encode(), article(9) | fields) for name, fields in ACCEPTED.items()])
    publish_articles(settings, RAW, good[3:])

    letters = {
        record.key().decode(): record for record in read(settings, DEAD_LETTER, lambda found: len(found) >= len(BAD))
    }
    assert sorted(letters) == sorted(BAD)
    for name, (value, kind, reason) in BAD.items():
        headers = headers_of(letters[name])
        assert letters[name].value() == value, name
        assert headers["khabar.error.class"] == kind, name
        assert reason in headers["khabar.error.message"], name
        assert headers["khabar.error.stage"] == "tokenise"
        assert headers["khabar.error.topic"] == topic_name(settings, RAW)
        assert headers["khabar.error.time"].startswith("20")
        assert headers["khabar.error.partition"].isdecimal()
        assert headers["khabar.error.offset"].isdecimal()
        assert headers["trace"] == "7"

    done = read(settings, TOKENISED, lambda found: len(found) >= len(good) + len(ACCEPTED))
    documents = [decode(record.value(), Document, limit=10**7) for record in done]
    assert sorted(d.id for d in documents if d.id.startswith("a") and d.id != "a9") == [item["id"] for item in good]
    assert len(documents) == len(good) + len(ACCEPTED)
    assert sum(len(document.id) == 24 for document in documents) == 1


def test_a_body_of_5_mb_is_refused_by_the_broker(settings):
    producer = Producer(producer_config(settings) | {"compression.type": "none"})
    errors = []
    producer.produce(
        topic_name(settings, RAW), as_json(body="x" * 5_000_000), on_delivery=lambda error, _: errors.append(error)
    )
    producer.flush(30)
    assert errors[0].name() == "MSG_SIZE_TOO_LARGE"


def test_a_record_over_the_limit_that_does_get_in_is_a_dead_letter(settings, start_worker):
    raise_limit(settings, RAW, 64 * 1024 * 1024)
    value = as_json(body="x" * 5_000_000)
    huge = b"{" + bytes(range(256)) * 80_000  # 20 MB that do not compress away: larger than the dead letters take
    publish(settings, RAW, [(b"5 MB", value)])
    start_worker("tokenise")
    publish_articles(settings, RAW, [article(1)])
    (letter,) = read(settings, DEAD_LETTER, bool)
    assert headers_of(letter)["khabar.error.class"] == "TooLargeError"
    assert letter.value() == value
    publish(settings, RAW, [(b"20 MB", huge)])
    letters = read(settings, DEAD_LETTER, lambda found: len(found) == 2)
    (omitted,) = [record for record in letters if record.key() == b"20 MB"]
    assert headers_of(omitted)["khabar.error.omitted-bytes"] == str(len(huge))
    assert len(read(settings, TOKENISED, bool)) == 1


def raise_limit(settings, topic, limit):
    entry = ConfigEntry("max.message.bytes", str(limit), incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topic_name(settings, topic), incremental_configs=[entry])
    admin = admin_client(settings)
    for future in admin.incremental_alter_configs([resource]).values():
        try:
            future.result()
        except KafkaException as error:
            pytest.fail(str(error))
