"""The hand-annotated gold: entities, quotes and events of whole articles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pipeline.encoder.heads import LINK_ROLES, MOST_CLITIC_LETTERS, PHASES
from pipeline.training.corpora import Annotated, sentences_of, shared

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADS: Final = ["entities", "clitics", "quotes", "cues", "speakers", "triggers", "phases", "negated", "actors"]
Article = dict[str, Any]


def articles(name: str) -> Iterator[Article]:
    """The articles of ``train``, ``train2`` or ``dev``."""
    with (shared() / f"gold/{name}.jsonl").open(encoding="utf8") as lines:
        yield from map(json.loads, lines)


def annotated(article: Article, corpus: str) -> Annotated:
    """Map an article's spans onto its words."""
    text = f"{article['title']}\n\n{article['body']}"
    found = Annotated.of(corpus, sentences_of(text), HEADS, name=article["id"])
    for entity in article["entities"]:
        span = found.overlapping(entity["start"], entity["end"])
        found.tag("entities", span, entity["type"])
        before = entity["start"] - found.offsets[span.start][0] if span else -1
        if 0 <= before <= MOST_CLITIC_LETTERS:
            found.layers["clitics"][span.start] = before
    for quote in article["quotes"]:
        _quote(found, quote)
    for event in article["events"]:
        _event(found, event)
    return found


def _quote(found: Annotated, quote: Article) -> None:
    content = quote["content"]
    found.tag("quotes", found.overlapping(content["start"], content["end"]), quote["kind"])
    for head, span in (("cues", quote["cue"]), ("speakers", quote["speaker"])):
        if span:
            found.tag(head, found.overlapping(span["start"], span["end"]), head.removesuffix("s"))


def _event(found: Annotated, event: Article) -> None:
    trigger = found.overlapping(event["trigger"]["start"], event["trigger"]["end"])
    found.tag("triggers", trigger, event["kind"])
    for word in trigger:
        found.layers["phases"][word] = PHASES.index(event["phase"])
        found.layers["negated"][word] = int(event["negated"])
    for role in LINK_ROLES:
        for actor in event[role]:
            span = found.overlapping(actor["start"], actor["end"])
            found.tag("actors", span, "actor")
            if span and trigger:
                found.links[trigger.start, span.start] = LINK_ROLES.index(role)
