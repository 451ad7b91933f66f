"""``python -m pipeline.training events``: fit and score the events stage on gold.

Without options the shipped weights are scored on gold files, with and without the encoder's signals. Weights and
encoder learnt from train and train2: only ``--cross-validate`` (without signals) and ``--combine`` (the articles that
the encoder did not learn from) are honest there. Entities and quotes are those of the gold.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.training.corpora import shared
from pipeline.training.events_data import INCLUSIVE, GoldArticle, Instances, instances_of, read_gold, system_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.events import EventsStage

TRAIN: Final = ("train", INCLUSIVE)
FOLDS: Final = 4


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; prints one line of figures a file."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.training events", description=__doc__)
    parser.add_argument("--fit", action="store_true", help="fit on train and train2 and write pipeline/models/events")
    parser.add_argument("--cross-validate", action="store_true", help=f"score train and train2 in {FOLDS} folds")
    parser.add_argument("--combine", action="store_true", help="weights of encoder and words on held-out articles")
    parser.add_argument("files", nargs="*", default=["dev"], help="gold files to score (default: dev)")
    options = parser.parse_args(argv)

    from pipeline import events, ner, tokenise
    from pipeline.training.events_fit import fit, write

    stages, stage = (tokenise.load(), ner.load()), events.load()
    if options.fit or options.cross_validate or options.combine:
        articles = [a for file in TRAIN for a in read_gold(file, *stages)]
        labelled = [instances_of(a, stage.finders) for a in articles]
        if options.combine:
            _combine(articles, labelled, stage)
        if options.cross_validate:
            _cross_validate(_without_signals(articles), labelled, stage)
        if options.fit:
            stage.models = fit(_together(labelled))
            write(stage.models)
    for file in options.files:
        gold = read_gold(file, *stages)
        print(_line(file, score(gold, stage)))
        print(_line(f"{file}, no encoder", score(_without_signals(gold), stage)))
    return 0


def _without_signals(articles: list[GoldArticle]) -> list[GoldArticle]:
    for article in articles:
        article.document.signals = None
    return articles


def _combine(articles: list[GoldArticle], labelled: list[Instances], stage: EventsStage) -> None:
    """Fit without the articles that the encoder did not learn from, and judge the weights of events.toml on them."""
    from pipeline.training.events_combine import trigger_weights
    from pipeline.training.events_fit import fit

    shipped = stage.models
    stage.models = fit(_together(one for a, one in zip(articles, labelled, strict=True) if not a.held_out))
    held = [a for a in articles if a.held_out]
    print("trigger weights (own, trigger, offset):", trigger_weights(held, stage))
    print(_line("held out", score(held, stage)))
    stage.models = shipped


def _together(labelled: Iterable[Instances]) -> Instances:
    total = Instances()
    for one in labelled:
        total.extend(one)
    return total


def _cross_validate(articles: list[GoldArticle], labelled: list[Instances], stage: EventsStage) -> None:
    from pipeline.training.events_fit import fit

    shipped = stage.models
    for fold in range(FOLDS):
        stage.models = fit(_together(one for i, one in enumerate(labelled) if i % FOLDS != fold))
        stage([a.document for i, a in enumerate(articles) if i % FOLDS == fold])
    stage.models = shipped
    for file in TRAIN:
        print(_line(f"{file} ({FOLDS} folds)", _figures([a for a in articles if a.file == file])))


def score(gold: list[GoldArticle], stage: EventsStage) -> dict[str, Any]:
    """Run the stage over gold articles and give the ``events`` part of gold/score.py's figures."""
    stage([a.document for a in gold])
    return _figures(gold)


def _figures(articles: list[GoldArticle]) -> dict[str, Any]:
    """Score the events that the documents hold."""
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder) / "gold.jsonl", Path(folder) / "system.jsonl"
        _write_lines(paths[0], [a.record for a in articles])
        _write_lines(paths[1], [system_record(a.document, a.document.events) for a in articles])
        script = shared() / "gold" / "score.py"
        run = subprocess.run([sys.executable, script, *paths], capture_output=True, text=True, check=True)  # noqa: S603
    figures: dict[str, Any] = json.loads(run.stdout)["events"]
    return figures


def _write_lines(path: Path, records: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")


def _line(name: str, figures: dict[str, Any]) -> str:
    parts = [f"{name:18}"]
    for key in ("kind", "kind_and_phase", "actors_of_matched"):
        f = figures[key]
        parts.append(f"{key} P {f['p']:.3f} R {f['r']:.3f} F1 {f['f1']:.3f}")
    return "  ".join([*parts, f"country {figures['actor_country']}"])
