"""``linking``: how often the linker gives gold's name and country, with gold's entities and actors as input.

A name is right as ``gold/score.py`` says: one name's words contain the other's, spelling and articles aside.
Nothing is trained here; the gazetteer is data (docs/gazetteer.md).
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from typing import TYPE_CHECKING, Final

from pipeline import linking
from pipeline.linking.spelling import words
from pipeline.training import gold
from schemas.annotations import Entity
from schemas.document import Document

if TYPE_CHECKING:
    from pipeline.linking import Linker
    from pipeline.training.gold import Article

_ARTICLE: Final = re.compile(r"^ال(?=...)")
_TYPES: Final = ("PER", "LOC", "ORG", "MISC")
_UNDATED: Final = "2026-01-01"


def document_of(article: Article) -> Document:
    """Make a document with gold's entities, not linked; an article without a date has a default one."""
    day = (article["published_at"] or "")[:10]
    spans = article["entities"]
    return Document(
        id=article["id"],
        revision=0,
        source=article["source"],
        title=article["title"],
        body=article["body"],
        published_at=f"{day or _UNDATED}T00:00:00Z",
        published_at_defaulted=not day,
        entities=[Entity(start=e["start"], end=e["end"], text=e["text"], type=e["type"]) for e in spans],
    )


def same_name(one: str, other: str) -> bool:
    """Say whether the words of one name contain those of the other."""
    first, second = _name_words(one), _name_words(other)
    return bool(first and second) and (first <= second or second <= first)


def _name_words(name: str) -> set[str]:
    return {_ARTICLE.sub("", word) for word in words(name) if len(word) > 1}


def judge(linker: Linker, part: str) -> tuple[Counter[str], float]:
    """Link a part of gold; gives counts of right and all, and the milliseconds that an article took."""
    counts: Counter[str] = Counter()
    spent, articles = 0.0, 0
    for article in gold.articles(part):
        document = document_of(article)
        began = time.process_time()
        linker.link(document)
        spent += time.process_time() - began
        articles += 1
        _count_entities(counts, document, article)
        _count_actors(counts, linker, document, article)
    return counts, 1000 * spent / max(articles, 1)


def _count_entities(counts: Counter[str], document: Document, article: Article) -> None:
    for found, wanted in zip(document.entities, article["entities"], strict=True):
        for group in ("entities", wanted["type"]):
            _count(counts, group, (found.name, found.country), wanted)


def _count_actors(counts: Counter[str], linker: Linker, document: Document, article: Article) -> None:
    for event in article["events"]:
        for actor in (*event["source"], *event["target"]):
            found = linker.resolve(document, actor["start"], actor["end"])
            _count(counts, "actors", (found.name, found.country), actor)


def _count(counts: Counter[str], group: str, found: tuple[str, str | None], wanted: Article) -> None:
    name, country = found
    if wanted.get("name"):
        counts[f"{group} names"] += 1
        counts[f"{group} names right"] += same_name(name, wanted["name"])
    if wanted.get("country"):
        counts[f"{group} countries"] += 1
        counts[f"{group} countries right"] += country == wanted["country"]


def main(arguments: list[str]) -> int:
    """Print the figures of each part."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.training linking", description=__doc__)
    parser.add_argument("parts", nargs="*", default=["train", "train2", "dev"], help="train, train2, dev")
    options = parser.parse_args(arguments)
    began = time.process_time()
    linker = linking.load()
    print(
        f"loaded {len(linker.lexicon.gazetteer.entries):,} entries in {time.process_time() - began:.2f} s of CPU time"
    )
    for part in options.parts:
        counts, milliseconds = judge(linker, part)
        print(f"{part}: {milliseconds:.1f} ms an article")
        for group in ("entities", *_TYPES, "actors"):
            shares = [
                counts[f"{group} {what} right"] / max(counts[f"{group} {what}"], 1) for what in ("names", "countries")
            ]
            print(f"  {group:9} name {shares[0]:.4f}  country {shares[1]:.4f}  (of {counts[f'{group} names']:,})")
    return 0
