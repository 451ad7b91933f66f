"""``encoder``: train the shared encoder and all its heads on all sets at once.

Every set trains the heads that it has labels for; the losses of a batch are summed with the weights below. Learning
rates fall from layer to layer towards the input (Howard and Ruder 2018); what is saved after each epoch is the
exponential moving average of the weights (Polyak and Juditsky 1992).
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from pipeline.encoder.subwords import Subwords
from pipeline.training import gold, ner_sets, treebanks
from pipeline.training.batches import Batch, Windows, batches
from pipeline.training.corpora import TRAINED, UNKNOWN, Annotated
from pipeline.training.evaluation import report
from pipeline.training.held_out import split
from pipeline.training.network import LAYERS, Encoder, Tagger

WEIGHTS: Final = {
    "entities": 1.5, "entities_anercorp": 1.5, "entities_clean": 0.5, "entities_aqmar": 0.5, "entities_wojood": 0.5,
    "upos": 0.3, "clitics": 2.0, "quotes": 0.6, "cues": 0.6, "speakers": 0.6, "triggers": 1.5, "actors": 1.0,
}  # fmt: skip
"""Of token heads: each loss is the sum over the batch, divided by the number of its words."""
FEW: Final = {"phases": 0.08, "negated": 0.03}
"""Of heads on triggers only: each loss is the mean over the triggers of the batch."""
LINKS: Final = 0.5
TOP_RATE: Final = 3e-4
HEAD_RATE: Final = 1e-3
LAYER_DECAY: Final = 0.9
WARM_UP: Final = 0.05
COOL_DOWN: Final = 0.5
AVERAGING: Final = 0.995
TOKENS: Final = 3072


def texts() -> list[Annotated]:
    """All training texts of all sets."""
    from_gold = [gold.annotated(article, name) for name in ("train", "train2") for article in gold.articles(name)]
    return [*from_gold, *ner_sets.anercorp(), *ner_sets.aqmar(), *ner_sets.wojood(), *treebanks.treebanks()]


def loss_of(model: Tagger, batch: Batch) -> Tensor:
    """The weighted sum of the losses of all heads."""
    scores, projections = model(batch.ids, batch.attention, batch.styles)
    scores, words = scores.float(), sum(len(w.firsts) for w in batch.windows)
    total: Tensor = scores.new_zeros(())
    for head, target in batch.targets.items():
        known = target != UNKNOWN
        if not known.any():
            continue
        losses = functional.cross_entropy(scores[..., TRAINED.columns(head)][known], target[known], reduction="sum")
        share = WEIGHTS[head] / words if head in WEIGHTS else FEW[head] / int(known.sum())
        total = total + losses * share
    if len(batch.links):
        found = model.link_scores(projections.float(), batch.links[:, :3])
        wanted = functional.one_hot(batch.links[:, 3] + 1, found.shape[1] + 1)[:, 1:].to(found.dtype)
        total = total + LINKS * functional.binary_cross_entropy_with_logits(found, wanted)
    return total


def groups(model: Tagger) -> list[dict[str, object]]:
    """Parameter groups with the learning rate of their depth."""
    encoder = model.encoder
    parts: list[tuple[nn.Module, float]] = [
        (layer, TOP_RATE * LAYER_DECAY ** (LAYERS - 1 - depth)) for depth, layer in enumerate(encoder.layers)
    ]
    parts += [(part, TOP_RATE * LAYER_DECAY**LAYERS) for part in (encoder.words, encoder.positions, encoder.norm)]
    parts += [(part, HEAD_RATE) for part in (model.scores, model.links, model.inclusive)]
    return [{"params": list(part.parameters()), "lr": rate, "peak": rate} for part, rate in parts]


def pace(progress: float) -> float:
    """The share of the peak rate: up, level, and down to zero over the last part."""
    return min(1.0, progress / WARM_UP, (1 - progress) / COOL_DOWN)


class Average:
    """The exponential moving average of a model's weights."""

    def __init__(self, model: nn.Module) -> None:
        """Start from the model as it is."""
        self._model = model
        self.state = {name: value.detach().clone() for name, value in model.state_dict().items()}
        self._steps = 0

    def update(self) -> None:
        """Take in the present weights; early on the average forgets faster."""
        self._steps += 1
        decay = min(AVERAGING, (1 + self._steps) / (10 + self._steps))
        own = list(self.state.values())
        torch._foreach_lerp_(own, [v.detach() for v in self._model.state_dict().values()], 1 - decay)

    def save(self, path: Path) -> None:
        """Write the averaged weights."""
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(self.state, path)


def main(arguments: list[str]) -> None:
    """Train, and write ``epoch-N.safetensors`` after each epoch with the figures on the held-out texts."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.training encoder", description=__doc__)
    parser.add_argument("--base", type=Path, default=Path("build/pretrained"))
    parser.add_argument("--out", type=Path, default=Path("build/encoder"))
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    torch.manual_seed(options.seed)
    chance = random.Random(options.seed)  # not for secrets
    subwords = Subwords(options.base / "tokenizer.json")
    learn, held = split(texts())
    model = Tagger(Encoder.load(options.base), TRAINED)
    average = Average(model)
    optimiser = torch.optim.AdamW(groups(model), weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    windows, started = Windows(subwords, chance, learn), time.monotonic()
    for epoch in range(options.epochs):
        ready = batches([w for t in learn for w in windows.of(t, augment=True)], subwords.pad, TOKENS, chance)
        mean = run_epoch(model, average, optimiser, ready, (epoch, options.epochs))
        print(f"epoch {epoch + 1}: {len(ready)} steps, loss {mean:.4f}, {time.monotonic() - started:.0f} s", flush=True)
        average.save(options.out / f"epoch-{epoch + 1}.safetensors")
        (options.out / "tokenizer.json").write_bytes((options.base / "tokenizer.json").read_bytes())
        if epoch % 2 or epoch + 1 == options.epochs:
            print(report(average.state, subwords, held), flush=True)


def run_epoch(
    model: Tagger, average: Average, optimiser: torch.optim.Optimizer, ready: list[Batch], part: tuple[int, int]
) -> float:
    """One pass over the batches; ``part``: which epoch of how many. Returns the mean loss."""
    model.train()
    total = 0.0
    for step, batch in enumerate(ready):
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * pace((part[0] + (step + 1) / len(ready)) / part[1])
        with torch.autocast("cpu", torch.bfloat16):
            loss = loss_of(model, batch)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        average.update()
        total += loss.item()
        if step % 50 == 49:  # noqa: PLR2004
            print(f"  step {step + 1} of {len(ready)}: loss {total / (step + 1):.4f}", flush=True)
    return total / len(ready)
