"""Trains the tokeniser and the multi-word token expander: ``python -m pipeline.training tokeniser``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

SEED: Final = 13


def main(argv: list[str]) -> int:
    """Train (unless told only to score), then print the figures on the held-out fifth of PUD."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.training tokeniser", description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder with data/ and gold/")
    parser.add_argument("--target", type=Path, help="where the models go (default: into the package)")
    parser.add_argument("--seed", type=int, default=SEED, help="of the split, the noise and the networks")
    parser.add_argument("--score-only", action="store_true", help="score the models that are there")
    options = parser.parse_args(argv)

    from pipeline.tokenise.pipelines import own
    from pipeline.tokenise.stage import TokeniseStage
    from pipeline.tokenise.weights import FOLDER
    from pipeline.training.tokeniser.recipe import train, treebanks
    from pipeline.training.tokeniser.score import score

    target = options.target or FOLDER
    if not options.score_only:
        train(options.shared, target, options.seed)
    held_out = treebanks(options.shared, options.seed)[2]
    figures = score(held_out, TokeniseStage(*own(target)))
    print(f"held-out fifth of UD Arabic PUD: {len(held_out)} sentences, seed {options.seed}")
    for name, value in figures._asdict().items():
        print(f"{name:9} F1 {value:.4f}")
    return 0
