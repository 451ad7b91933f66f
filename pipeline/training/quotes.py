"""``quotes``: score the quotes stage on gold, or fit its weights.

The figures are those of the gold's own score.py: content (half of the characters shared), content with the right
speaker, and the share of right speakers. ``--folds N`` gives honest figures for the articles that the weights are
fitted on: each is scored with weights fitted without it.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.checksums import write_list
from pipeline.quotes.logistic import FOLDER, WEIGHTS, Logistic, Models, load_models, raised
from pipeline.quotes.reading import Reading
from pipeline.quotes.stage import QuotesStage
from pipeline.training.corpora import shared
from pipeline.training.quote_labels import (
    Example,
    Gold,
    accept_examples,
    accept_signal_examples,
    document_of,
    end_examples,
    end_signal_examples,
)
from schemas.annotations import Signals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemas.document import Document

LEARN: Final = ("train", "train2")
PENALTY: Final = 2.0
"""Of the squared weights: chosen by cross-validation on the training articles."""
RARE: Final = 2
"""A feature seen less often gets no weight."""
THRESHOLD: Final = 0.38
"""Best F1 in cross-validation on the training articles."""
THRESHOLD_WITH_SIGNALS: Final = 0.45
"""The same with the encoder's signals, on the articles that it did not learn from."""
SMALLEST: Final = 0.01
PARTS: Final = ("accept", "end", "accept_with_signals", "end_with_signals")


def fit(examples: Sequence[Example]) -> Logistic:
    """Logistic regression with a penalty on the squared weights, by L-BFGS; the same examples, the same weights."""
    import torch

    counts: dict[str, int] = {}
    for features, _ in examples:
        for name in set(features):
            counts[name] = counts.get(name, 0) + 1
    index = {name: number for number, name in enumerate(n for n, c in counts.items() if c >= RARE)}
    rows = [sorted({index[f] for f in features if f in index}) for features, _ in examples]
    flat = torch.tensor([i for row in rows for i in row])
    starts = torch.tensor([0, *(len(row) for row in rows[:-1])]).cumsum(0)
    wanted = torch.tensor([float(label) for _, label in examples], dtype=torch.float64)
    weights = torch.zeros(len(index), 1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        scores = torch.nn.functional.embedding_bag(flat, weights, starts, mode="sum").squeeze(1)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(scores, wanted, reduction="sum")
        loss = loss + PENALTY / 2 * (weights**2).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    values = weights.detach().squeeze(1).tolist()
    return Logistic({n: round(v, 3) for n, v in zip(index, values, strict=True) if abs(v) >= SMALLEST})


def fit_models(articles: Sequence[Gold]) -> Models:
    """Fit the rules' own weights: the clause ends first, then what is accepted with those ends."""
    none = Logistic({})
    readings = [Reading(document_of(article)) for article in articles]
    pairs = list(zip(readings, articles, strict=True))
    ends = fit([example for reading, article in pairs for example in end_examples(reading, article)])
    models = Models(none, ends, none, none, threshold=THRESHOLD, threshold_with_signals=THRESHOLD_WITH_SIGNALS)
    accept = fit([example for reading, article in pairs for example in accept_examples(reading, article, models)])
    return replace(models, accept=accept)


def fit_evidence(models: Models, articles: Sequence[Gold], signals: Mapping[str, Signals], folds: int = 4) -> Models:
    """Fit how the encoder's scores are weighed against the rules, whose probabilities are those of unseen articles."""
    chosen = [article for article in articles if article["id"] in signals]
    pairs = [(Reading(document_of(a, signals[a["id"]])), a) for a in chosen]
    unseen = [raised(fit_models([a for i, a in enumerate(chosen) if i % folds != fold])) for fold in range(folds)]
    ends = fit([e for i, (r, a) in enumerate(pairs) for e in end_signal_examples(r, a, unseen[i % folds])])
    unseen = [replace(one, end_with_signals=ends) for one in unseen]
    accept = fit([e for i, (r, a) in enumerate(pairs) for e in accept_signal_examples(r, a, unseen[i % folds])])
    return replace(models, accept_with_signals=accept, end_with_signals=ends)


def annotate(models: Models, articles: Sequence[Gold], signals: Mapping[str, Signals] | None = None) -> list[str]:
    """Run the stage on gold articles with their gold entities; lines as ``khabar analyse`` prints them."""
    from pipeline import linking

    stage = QuotesStage(models, linking.load())
    documents = stage([document_of(article, (signals or {}).get(article["id"])) for article in articles])
    return [_line(document) for document in documents]


def _line(document: Document) -> str:
    quotes = msgspec.to_builtins(document.quotes)
    return json.dumps({"id": document.id, "quotes": quotes, "events": [], "entities": []}, ensure_ascii=False)


def read_signals(path: Path, articles: Sequence[Gold]) -> dict[str, Signals]:
    """The encoder's scores by article; computed by the tokenise and ner stages, and kept, where ``path`` is not."""
    if not path.exists():
        write_signals(path, articles)
    with path.open(encoding="utf8") as lines:
        rows = [json.loads(line) for line in lines]
    return {row["id"]: msgspec.convert(row["signals"], Signals) for row in rows}


def write_signals(path: Path, articles: Sequence[Gold]) -> None:
    """Run tokenise and ner and keep the signals of each article as a JSON line."""
    from pipeline import ner, tokenise

    stages = tokenise.load(), ner.load()
    with path.open("w", encoding="utf8") as lines:
        for article in articles:
            documents = [document_of(article)]
            for stage in stages:
                documents = stage(documents)
            row = {"id": article["id"], "signals": msgspec.to_builtins(documents[0].signals)}
            lines.write(json.dumps(row) + "\n")


def score(articles: Sequence[Gold], lines: Sequence[str]) -> dict[str, object]:
    """The quote figures of the gold's score.py."""
    with tempfile.TemporaryDirectory() as folder:
        gold, system = Path(folder, "gold.jsonl"), Path(folder, "system.jsonl")
        gold.write_text("\n".join(json.dumps(a, ensure_ascii=False) for a in articles), encoding="utf8")
        system.write_text("\n".join(lines), encoding="utf8")
        command = [sys.executable, str(shared() / "gold/score.py"), str(gold), str(system)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    quotes: dict[str, object] = json.loads(printed)["quotes"]
    return quotes


def cross_validate(articles: Sequence[Gold], folds: int) -> list[str]:
    """Annotate each article with weights fitted on the other folds."""
    lines = []
    for fold in range(folds):
        models = fit_models([a for i, a in enumerate(articles) if i % folds != fold])
        lines += annotate(raised(models), [a for i, a in enumerate(articles) if i % folds == fold])
    return lines


def write(models: Models, folder: Path) -> None:
    """Write the weights as JSON, sorted, and their checksum."""
    parts = {name: dict(sorted(getattr(models, name).weights.items())) for name in PARTS}
    thresholds = {name: getattr(models, name) for name in ("threshold", "threshold_with_signals")}
    text = json.dumps({**thresholds, **parts}, ensure_ascii=False, indent=0)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_text(text + "\n", encoding="utf-8")
    write_list(folder, (WEIGHTS,))


def read(name: str) -> list[Gold]:
    """The articles of a gold file."""
    with (shared() / f"gold/{name}.jsonl").open(encoding="utf8") as lines:
        return [json.loads(line) for line in lines]


def main(arguments: list[str]) -> int:
    """Score, and fit first when asked to."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.training quotes", description=__doc__)
    parser.add_argument("--fit", action="store_true", help="fit the weights on train and train2 and write them")
    parser.add_argument("--evidence", type=Path, help="with --fit: JSON lines of the signals to weigh (see docs)")
    parser.add_argument("--signals", type=Path, help="score with the encoder's signals too; made there when absent")
    parser.add_argument("--folds", type=int, default=0, help="cross-validate on train and train2, without signals")
    parser.add_argument("--out", type=Path, default=FOLDER, help="with --fit: folder for the weights")
    options = parser.parse_args(arguments)
    learn = [article for name in LEARN for article in read(name)]
    random.Random(0).shuffle(learn)
    if options.fit:
        models = fit_models(learn)
        known = read_signals(options.evidence, learn) if options.evidence else {}
        write(fit_evidence(models, learn, known) if known else models, options.out)
        load_models.cache_clear()
    if options.folds:
        report(f"{options.folds}-fold", learn, cross_validate(learn, options.folds))
    for name in (*LEARN, "dev"):
        articles = read(name)
        report(name, articles, annotate(load_models(), articles))
        if options.signals:
            signals = read_signals(options.signals.with_stem(f"{options.signals.stem}-{name}"), articles)
            report(f"{name} with signals", articles, annotate(load_models(), articles, signals))
    return 0


def report(name: str, articles: Sequence[Gold], lines: Sequence[str]) -> None:
    """Print the figures of one set."""
    print(name, json.dumps(score(articles, lines)), flush=True)
