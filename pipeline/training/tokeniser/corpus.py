"""Raw text for the lexicon of forms, and what annotated entities say about clitics."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from pipeline.tokenise.characters import bare
from pipeline.tokenise.forms import cut_words
from pipeline.tokenise.surface import surface_tokens
from pipeline.training.tokeniser.treebank import is_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pipeline.tokenise.forms import Cuts

Examples = dict[str, Counter["Cuts"]]
"""For each bare form how often it was cut where."""
_COLUMNS: Final = ("ner/anercorp_train.txt", "ner/panx_train.txt")
_GOLD: Final = ("train.jsonl", "train2.jsonl")
_UNCUT: Final = frozenset({"PER", "LOC"})


def news_texts(shared: Path) -> Iterator[str]:
    """Title and body of every news article."""
    with gzip.open(shared / "data/news/articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            yield f"{article['title']}\n\n{article['body']}"


def count_forms(shared: Path) -> Counter[str]:
    """Counts of bare Arabic forms in the news and in two corpora of names (no treebank, no judged gold)."""
    counts: Counter[str] = Counter()
    for text in news_texts(shared):
        counts.update(bare(text[t.start : t.end]) for t in surface_tokens(text) if t.kind == "arabic")
    for name in _COLUMNS:
        for line in (shared / "data" / name).read_text(encoding="utf-8").splitlines():
            counts.update(map(bare, line.split()[:1]))
    return Counter({form: n for form, n in counts.items() if is_plain(form)})


def entity_examples(shared: Path) -> Examples:
    """Cuts that the borders of gold entities show.

    What stands before a name is clitics; names of persons and places are whole, forms with للـ excepted, which
    the guide keeps in the span.
    """
    examples: Examples = defaultdict(Counter)
    for name in _GOLD:
        for line in (shared / "gold" / name).read_text(encoding="utf-8").splitlines():
            article = json.loads(line)
            text = f"{article['title']}\n\n{article['body']}"
            for form, cuts in _names(text, article["entities"]):
                examples[form][cuts] += 1
    return examples


def _names(text: str, entities: Iterable[dict[str, object]]) -> Iterator[tuple[str, Cuts]]:
    tokens = surface_tokens(text)
    at = 0
    for entity in sorted(entities, key=lambda e: int(str(e["start"]))):
        start, end = int(str(entity["start"])), int(str(entity["end"]))
        while at < len(tokens) and tokens[at].end <= start:
            at += 1
        for token in tokens[at:]:
            if token.start >= end:
                break
            form, clitics = bare(text[token.start : token.end]), bare(text[token.start : start])
            known = bool(clitics) or (entity["type"] in _UNCUT and not form.startswith(("لل", "و")))
            if token.end <= end and is_plain(form) and clitics in cut_words().before and known:
                yield form, tuple(range(1, len(clitics) + 1))
