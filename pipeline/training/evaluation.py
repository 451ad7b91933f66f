"""Figures of a checkpoint on texts that it did not learn from."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from pipeline.encoder import bio
from pipeline.training.batches import Batch, Windows, batches
from pipeline.training.corpora import TRAINED, UNKNOWN, Annotated
from pipeline.training.network import Encoder, Tagger

if TYPE_CHECKING:
    from pipeline.encoder.subwords import Subwords

WINDOW: Final = 200
TOKENS: Final = 6000


class Counts:
    """True positives, found and wanted of span heads; right and all of the others."""

    def __init__(self) -> None:
        """Start at zero."""
        self.spans: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        self.words: dict[str, list[int]] = defaultdict(lambda: [0, 0])

    def add_spans(self, key: str, found: AbstractSet[object], wanted: AbstractSet[object]) -> None:
        """Count exact matches."""
        for i, size in enumerate((len(found & wanted), len(found), len(wanted))):
            self.spans[key][i] += size

    def add_words(self, key: str, right: int, size: int) -> None:
        """Count right labels."""
        self.words[key][0] += right
        self.words[key][1] += size

    def lines(self) -> str:
        """One line a head and set."""
        rows = []
        for key, (hit, found, wanted) in sorted(self.spans.items()):
            p, r = hit / max(found, 1), hit / max(wanted, 1)
            rows.append(f"  {key:32} P {p:.3f} R {r:.3f} F1 {2 * hit / max(found + wanted, 1):.3f} of {wanted}")
        rows += [f"  {key:32} accuracy {r / max(n, 1):.3f} of {n}" for key, (r, n) in sorted(self.words.items())]
        return "\n".join(rows)


def tagger(state: dict[str, torch.Tensor]) -> Tagger:
    """A model with the given weights, for use."""
    model = Tagger(Encoder(state["encoder.words.weight"].shape[0]), TRAINED)
    model.load_state_dict(state)
    return model.eval()


def report(state: dict[str, torch.Tensor], subwords: Subwords, texts: list[Annotated]) -> str:
    """Figures a head and set, each set in its own style."""
    model, counts, chance = tagger(state), Counts(), random.Random(0)  # not for secrets
    windows = Windows(subwords, chance)
    cut = [w for text in texts for w in windows.of(text, augment=False, budget=WINDOW)]
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for batch in batches(cut, subwords.pad, TOKENS, chance):
            scores, projections = model(batch.ids, batch.attention, batch.styles)
            _count(counts, batch, scores.float(), projections.float())
    return counts.lines()


def _count(counts: Counts, batch: Batch, scores: torch.Tensor, projections: torch.Tensor) -> None:
    for row, window in enumerate(batch.windows):
        for head, labels in window.labels.items():
            own = scores[row, window.firsts][:, TRAINED.columns(head)].log_softmax(-1).numpy()
            wanted, key = np.array(labels), f"{head} {window.text.corpus}"
            if TRAINED.labels[head][0] == "O":
                counts.add_spans(key, set(bio.spans(bio.best_path(own))), set(bio.spans(labels)))
            else:
                known = wanted != UNKNOWN
                counts.add_words(key, int((own.argmax(1) == wanted)[known].sum()), int(known.sum()))
    if len(batch.links):
        found = Tagger.link_scores(projections, batch.links[:, :3]) > 0
        wanted_links = batch.links[:, 3:] == torch.arange(found.shape[1])
        hit, own_size = int((found & wanted_links).sum()), int(found.sum())
        total = counts.spans["links"]
        counts.spans["links"] = [total[0] + hit, total[1] + own_size, total[2] + int(wanted_links.sum())]
