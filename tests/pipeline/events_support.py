"""Documents for tests of the events stage, and the stages of the pipeline, loaded once."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from schemas.document import Document

DATA = Path(__file__).parent / "data"
ORDER = ("tokenise", "ner", "quotes", "events")


@lru_cache(maxsize=1)
def stages():
    """The four stages by name, in order."""
    return {name: import_module(f"pipeline.{name}").load() for name in ORDER}


def annotate(documents):
    """Run the whole pipeline over documents."""
    for stage in stages().values():
        documents = stage(documents)
    return documents


def document(sentence: str, name: str = "row", published: str = "2024-08-20") -> Document:
    """A document without annotations whose body is the sentence."""
    return Document(
        id=name, revision=1, source="test", title="خبر", body=sentence, published_at=f"{published}T08:00:00Z"
    )


def rows(file: str) -> list[list[str]]:
    """The rows of a table under ``data``, without its comments; short rows are filled up."""
    with (DATA / file).open(encoding="utf-8", newline="") as stream:
        table = [
            row
            for row in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
            if row and not row[0].startswith("#")
        ]
    width = max(map(len, table))
    return [row + [""] * (width - len(row)) for row in table]
