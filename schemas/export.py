"""JSON Schema files and the AsyncAPI document, generated from the models; a test fails when they drift."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec
import orjson

from schemas.article import RawArticle
from schemas.document import Document
from schemas.topics import DEAD_LETTER, RAW, STAGES, TOPICS, Topic

HERE: Final = Path(__file__).parent
JSON_SCHEMA_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
ERROR_HEADERS: Final = ("stage", "topic", "partition", "offset", "class", "message", "time")


def json_schema(model: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the model as one JSON Schema (2020-12) with its parts under ``$defs``."""
    (schema,), components = msgspec.json.schema_components([model], ref_template="#/$defs/{name}")
    root = components.pop(schema["$ref"].rsplit("/", 1)[-1])
    return {"$schema": JSON_SCHEMA_DIALECT, **root, "$defs": components}


def _payload(topic: Topic) -> dict[str, Any]:
    if topic is DEAD_LETTER:
        return {"description": "the original value, whatever its bytes are"}
    return {"$ref": f"jsonschema/{'raw_article' if topic is RAW else 'document'}.json"}


def _channel(topic: Topic) -> dict[str, Any]:
    message: dict[str, Any] = {
        "contentType": "application/octet-stream" if topic is DEAD_LETTER else "application/json",
        "payload": _payload(topic),
        "bindings": {"kafka": {"key": {"type": "string", "description": "article id, UTF-8"}}},
    }
    if topic is DEAD_LETTER:
        names = [f"khabar.error.{name}" for name in ERROR_HEADERS]
        message["headers"] = {"type": "object", "properties": {n: {"type": "string"} for n in names}, "required": names}
    configuration = {"retention.ms": topic.retention_ms, "max.message.bytes": topic.max_message_bytes}
    return {
        "address": topic.name,
        "description": topic.carries,
        "messages": {"message": message},
        "bindings": {"kafka": {"topicConfiguration": configuration}},
    }


def _key(topic: Topic) -> str:
    return topic.name.replace(".", "_").replace("-", "_")


def _operation(action: str, topic: Topic, group: str = "") -> dict[str, Any]:
    operation: dict[str, Any] = {"action": action, "channel": {"$ref": f"#/channels/{_key(topic)}"}}
    if group:
        operation["bindings"] = {"kafka": {"groupId": {"type": "string", "const": group}}}
    return operation


def asyncapi(version: str) -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document of all topics and stages."""
    operations: dict[str, Any] = {}
    for stage in STAGES:
        operations[f"{stage.name}_reads"] = _operation("receive", stage.reads, stage.group)
        operations[f"{stage.name}_dead_letters"] = _operation("send", DEAD_LETTER)
        if stage.writes:
            operations[f"{stage.name}_writes"] = _operation("send", stage.writes)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Khabar",
            "version": version,
            "description": "Arabic news in, diplomatic events out. A producer writes to articles.raw.",
        },
        "defaultContentType": "application/json",
        "channels": {_key(topic): _channel(topic) for topic in TOPICS},
        "operations": operations,
    }


def artefacts() -> dict[Path, bytes]:
    """Return every generated file with its content."""
    made: dict[str, Any] = {
        "jsonschema/raw_article.json": json_schema(RawArticle),
        "jsonschema/document.json": json_schema(Document),
        "asyncapi.json": asyncapi("1"),
    }
    return {HERE / name: orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n" for name, value in made.items()}
