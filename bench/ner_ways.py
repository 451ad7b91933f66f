"""Ways to a better entity tagger, each against the same baseline at a small budget: the rows of the encoder's card.

    python bench/ner_ways.py decode                        # no training: decoders of the shipped model, seconds
    python bench/ner_ways.py baseline "no MLM" CRF         # some ways; the baseline is trained when it is missing
    python bench/ner_ways.py all

Needs the folder with data/ and gold/ (KHABAR_SHARED, default ../shared), the extra ``training`` and what
``python -m pipeline.training base`` and ``pretrain`` wrote. The baseline is the recipe of the card on ANERcorp alone,
in its own labels, for a few epochs; a way changes one thing. Sets that are added come on top: in each epoch half as
many words as ANERcorp has. Judged on ANERcorp's held-out part (every 7th run of 40 sentences, 1,205 entities), the
ways with gold on the gold's held-out articles, too. Every row sums the seeds; the interval is the middle 90 % of the
difference from the baseline over bootstrap samples of sentences, which knows the chance of the sentences, not that of
the seeds: for that see the F1 a seed. Finished runs are kept in --out and not trained again.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from ner_ways_decode import report
from ner_ways_judge import counts, f1, line, stacked

from pipeline.encoder import bio
from pipeline.encoder.weights import FOLDER
from pipeline.ner.entities import ANERCORP_STYLE, GOLD_STYLE

if TYPE_CHECKING:
    from ner_ways_train import Scores
    from numpy.typing import NDArray

BASELINE: Final = "baseline"
TOKENS: Final = 768
"""A quarter of the recipe's: of few epochs its steps would be too few (122 of them: F1 0.46 and 0.57 by seed)."""
LAST: Final = "last weights"
"""Counts on ANERcorp with the weights as they are after the last step, not their moving average."""
WAYS: Final[dict[str, dict[str, Any]]] = {
    BASELINE: {},
    "no MLM": {"pretrained": False},
    "no layer-wise rates": {"decay": False},
    "no context": {"context": False},
    "no augmentation": {"augment": False},
    "no respelling": {"respell": False},
    "no renaming": {"rename": False},
    "CRF": {"crf": True},
    "spans": {"spans": True},
    "gazetteer in the network": {"hints": True},
    "CLEANANERCorp": {"clean": True},
    "AQMAR": {"extra": ("aqmar",)},
    "Wojood": {"extra": ("wojood",)},
    "PAN-X": {"extra": ("panx",)},
    "gold entities": {"extra": ("gold entities",)},
    "gold multi-task": {"extra": ("gold",)},
    "self-training": {"teacher": "hard"},
    "distillation": {"teacher": "soft"},
}
"""What differs from the baseline: arguments of ``ner_ways_train.Way``."""
Run = dict[str, "NDArray[Any]"]


def saved(averaged: Scores, last: Scores) -> Run:
    """What is kept of a run: counts of entities a head, and the scores on ANERcorp for an ensemble."""
    run: Run = {"scores": np.concatenate([rows for _, head, rows, _ in averaged if head == ANERCORP_STYLE])}
    for head in sorted({head for _, head, _, _ in averaged}):
        run[head] = stacked(counts(text, own, path) for text, own, _, path in averaged if own == head)
    run[LAST] = stacked(counts(text, own, path) for text, own, _, path in last if own == ANERCORP_STYLE)
    return run


def ran(name: str, seed: int, options: argparse.Namespace) -> Run:
    """The run of a way with a seed: from its file, or trained now."""
    file = options.out / f"{name.replace(' ', '-')}-{options.epochs}-{options.tokens}-{seed}.npz"
    if not file.exists():
        from ner_ways_train import Budget, Way, train

        print(f"{name}, seed {seed}", flush=True)
        budget = Budget(options.base, options.pretrained, options.epochs, seed, options.tokens)
        run = saved(*train(Way(**WAYS[name]), budget))
        options.out.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(file, **run)  # type: ignore[arg-type]
    with np.load(file) as stored:
        return dict(stored)


def summed(runs: list[Run], head: str) -> NDArray[np.int64]:
    """Counts of some seeds, sentence by sentence."""
    table: NDArray[np.int64] = np.sum([run[head] for run in runs], axis=0)
    return table


def row(name: str, head: str, runs: list[Run], others: list[Run]) -> str:
    """A line of the table, with the F1 of each seed."""
    each = " ".join(f"{f1(run[head]):.3f}" for run in runs)
    return f"{line(name, head, summed(runs, head), summed(others, head))}\t{each}"


def ensemble(runs: list[Run]) -> Run:
    """The baseline's seeds as one model: the mean of their log-probabilities (an upper bound of distilling them)."""
    from ner_ways_texts import anercorp

    mean, at, tables = np.mean([run["scores"] for run in runs], axis=0), 0, []
    for text in anercorp()[1]:
        path = bio.best_path(mean[at : at + len(text.words)])
        tables.append(counts(text, ANERCORP_STYLE, path))
        at += len(text.words)
    return {ANERCORP_STYLE: stacked(tables)}


def trained(names: list[str], options: argparse.Namespace) -> None:
    """Train and print the chosen ways."""
    base = [ran(BASELINE, seed, options) for seed in options.seeds]
    print(row(BASELINE, ANERCORP_STYLE, base, base), flush=True)
    last = [{ANERCORP_STYLE: run[LAST]} for run in base]
    print(row("no averaging of weights", ANERCORP_STYLE, last, base), flush=True)
    if len(base) > 1:
        together = [ensemble(base)] * len(base)
        print(row("ensemble of the seeds", ANERCORP_STYLE, together, base), flush=True)
    for name in (n for n in names if n != BASELINE):
        runs = [ran(name, seed, options) for seed in options.seeds]
        print(row(name, ANERCORP_STYLE, runs, base), flush=True)
        if name == "gold multi-task":
            alone = [ran("gold entities", seed, options) for seed in options.seeds]
            print(row("gold multi-task against gold entities", GOLD_STYLE, runs, alone), flush=True)


def main() -> None:
    """Print a row a way and set: F1, difference, its interval, entities, F1 a seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ways", nargs="+", choices=["decode", "all", *WAYS], metavar="WAY", help=", ".join(WAYS))
    parser.add_argument("--base", type=Path, default=Path("build/base"))
    parser.add_argument("--pretrained", type=Path, default=Path("build/pretrained"))
    parser.add_argument("--out", type=Path, default=Path("build/ways"))
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=TOKENS, help="subwords a step")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--model", type=Path, default=FOLDER, help="for decode: the model to read with")
    options = parser.parse_args()
    print("way\tset\tF1\tdifference\t90 % interval\tentities\tF1 a seed")
    if "decode" in options.ways:
        for text in report(options.model):
            print(text, flush=True)
    names = list(WAYS) if "all" in options.ways else [n for n in options.ways if n != "decode"]
    if names:
        trained(names, options)


if __name__ == "__main__":
    main()
