"""The JSON Schema files and the reader agree: what one takes, the other takes."""

from __future__ import annotations

import jsonschema
import orjson
import pytest

from schemas.article import RawArticle
from schemas.document import Document
from schemas.errors import InvalidFieldError
from schemas.export import json_schema
from schemas.wire import convert

GOOD = {"source": "واس", "title": "عنوان", "body": "متن الخبر"}
CASES = [
    ({}, True),
    ({"id": None}, True),
    ({"unknown": {"deep": [1]}}, True),
    ({"revision": 7}, True),
    ({"schema_version": 1}, True),
    ({"source": ""}, False),
    ({"source": 3}, False),
    ({"title": None}, False),
    ({"body": ""}, False),
    ({"body": "ا" * 200_001}, False),
    ({"body": ["قال"]}, False),
    ({"revision": -1}, False),
    ({"revision": "7"}, False),
    ({"revision": 2**63}, False),
    ({"schema_version": 2}, False),
    ({"url": 5}, False),
]


def read(value, model=RawArticle):
    try:
        convert(value, model)
    except InvalidFieldError:
        return False
    return True


@pytest.mark.parametrize(("change", "accepted"), CASES)
def test_schema_and_reader_agree(change, accepted):
    value = GOOD | change
    assert jsonschema.Draft202012Validator(json_schema(RawArticle)).is_valid(value) is accepted
    assert read(value) is accepted


@pytest.mark.parametrize("field", sorted(GOOD))
def test_a_missing_field_is_named(field):
    with pytest.raises(InvalidFieldError, match=field):
        convert({k: v for k, v in GOOD.items() if k != field}, RawArticle)


def test_a_wrong_field_deep_inside_is_named_by_its_path():
    value = {"id": "a", "revision": 1, "source": "s", "title": "t", "body": "b", "published_at": "2024-01-01T00:00:00Z"}
    value["sentences"] = [{"start": 0, "end": 1, "words": [{"start": 0, "end": "1", "text": "t", "token": 0}]}]
    with pytest.raises(InvalidFieldError) as caught:
        convert(value, Document)
    assert caught.value.field == "$.sentences[0].words[0].end"
    assert caught.value.expected == "Expected `int`, got `str`"


def test_the_schemas_are_valid_schemas():
    for model in (RawArticle, Document):
        jsonschema.Draft202012Validator.check_schema(orjson.loads(orjson.dumps(json_schema(model))))
