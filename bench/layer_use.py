"""What the stages gain from the layers below: F1 without and with parts of speech, clitics and noun phrases.

    python bench/layer_use.py [events] [quotes] [--encoder build/early]

Every model is fitted anew without the layer and with it, on the same folds. ``train`` and ``train2`` are scored by
four-fold cross-validation without the encoder's signals, ``dev`` with weights of all training articles. Entities and
quotes are those of the gold. The interval is that of a paired bootstrap over the articles.

The head of parts of speech learnt from treebanks alone, but the encoder below it knows the training articles' events
and quotes by heart, and its tags there may show it. ``--encoder`` names an earlier one, which tags those articles
instead (``python -m pipeline.training export build/encoder/epoch-2.safetensors --out build/early``).
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path
from typing import Final

import layer_use_events
import layer_use_quotes

STAGES: Final = {"events": layer_use_events.run, "quotes": layer_use_quotes.run}


def main() -> None:
    """Print a table a stage, layer and set of articles."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stages", nargs="*", default=list(STAGES), help="events, quotes (default: both)")
    parser.add_argument("--encoder", type=Path, help="folder of the encoder that reads the training articles")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    from pipeline import linking, ner, tokenise
    from pipeline.ner.stage import NerStage
    from pipeline.ner.tagger import KhabarTagger
    from pipeline.training.events_data import read_gold

    words, tags = tokenise.load(), ner.load()
    early = NerStage(KhabarTagger(options.encoder), linking.load()) if options.encoder else tags
    learn = [article for file in ("train", "train2") for article in read_gold(file, words, early)]
    dev = read_gold("dev", words, tags)
    for name in options.stages:
        STAGES[name](learn, dev)


if __name__ == "__main__":
    main()
