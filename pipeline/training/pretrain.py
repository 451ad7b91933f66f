"""``pretrain``: continue the base encoder with masked language modelling on the news articles.

Whole words are masked (Cui et al. 2021), a share of the windows is read in folded spelling, so that the encoder gets
used to news and to lazy orthography before it sees a label. Articles that the gold's dev part holds are left out.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from pipeline.encoder.subwords import Subwords
from pipeline.encoder.words import surface_words
from pipeline.training.corpora import shared
from pipeline.training.network import HIDDEN, Encoder
from pipeline.training.spelling import respell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

WINDOW: Final = 126
BATCH: Final = 32
MASKED: Final = 0.18
FOLDED: Final = 0.3
PEAK_RATE: Final = 4e-4
WARM_UP: Final = 0.06


class MaskedModel(nn.Module):
    """The encoder with BERT's prediction head, tied to the word embeddings."""

    def __init__(self, encoder: Encoder) -> None:
        """Put a fresh head on ``encoder``; it starts as the identity."""
        super().__init__()
        self.encoder = encoder
        self.dense, self.norm = nn.Linear(HIDDEN, HIDDEN), nn.LayerNorm(HIDDEN)
        self.bias = nn.Parameter(torch.zeros(encoder.words.num_embeddings))
        nn.init.eye_(self.dense.weight)

    def forward(self, ids: Tensor, targets: Tensor) -> Tensor:
        """Mean cross-entropy at the positions where ``targets`` is not -100; both (batch, length)."""
        hidden = self.encoder(ids, torch.ones_like(ids))
        at = targets != -100  # noqa: PLR2004
        picked = self.norm(functional.gelu(self.dense(hidden[at])))
        logits = functional.linear(picked, self.encoder.words.weight, self.bias)
        return functional.cross_entropy(logits.float(), targets[at])


def windows(subwords: Subwords, chance: random.Random) -> Iterator[list[tuple[int, ...]]]:
    """Windows of words, each a tuple of ids, in a new spelling at every call."""
    dev = {json.loads(line)["id"] for line in (shared() / "gold/dev.jsonl").open(encoding="utf8")}
    with gzip.open(shared() / "data/news/articles.jsonl.gz", "rt", encoding="utf8") as lines:
        for line in lines:
            article = json.loads(line)
            if article["id"] in dev:
                continue
            window: list[tuple[int, ...]] = []
            size, folded = 0, chance.random() < FOLDED
            for word in surface_words(f"{article['title']}\n\n{article['body']}"):
                ids = subwords.ids(respell(word.text, chance) if folded else word.text, word.glued)
                if size + len(ids) > WINDOW:
                    yield window
                    window, size = [], 0
                window.append(ids)
                size += len(ids)


def mask(window: list[tuple[int, ...]], subwords: Subwords, chance: random.Random) -> tuple[list[int], list[int]]:
    """Ids and targets of a window, each of WINDOW + 2: 80 % masked, 10 % random, 10 % kept of the chosen words."""
    ids, targets = [subwords.start], [-100]
    for word in window:
        if chance.random() >= MASKED:
            ids += word
            targets += [-100] * len(word)
            continue
        way = chance.random()
        targets += word
        if way < 0.8:  # noqa: PLR2004
            ids += [subwords.mask] * len(word)
        else:
            ids += [chance.randrange(4, subwords.size) for _ in word] if way < 0.9 else word  # noqa: PLR2004
    short = WINDOW + 1 - len(ids)
    return [*ids, subwords.end, *[subwords.pad] * short], [*targets, -100, *[-100] * short]


def main(arguments: list[str]) -> None:
    """Write the adapted ``encoder.safetensors`` (and the same tokenizer)."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.training pretrain", description=__doc__)
    parser.add_argument("--base", type=Path, default=Path("build/base"))
    parser.add_argument("--out", type=Path, default=Path("build/pretrained"))
    parser.add_argument("--steps", type=int, default=500, help=f"of {BATCH} windows")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    torch.manual_seed(options.seed)
    chance = random.Random(options.seed)  # not for secrets
    subwords = Subwords(options.base / "tokenizer.json")
    model = MaskedModel(Encoder.load(options.base))
    optimiser = torch.optim.AdamW(model.parameters(), lr=PEAK_RATE, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    ready = [mask(window, subwords, chance) for window in windows(subwords, chance)]
    chance.shuffle(ready)
    print(f"{len(ready):,} windows", flush=True)
    started, losses = time.monotonic(), []
    for step in range(options.steps):
        rate = min((step + 1) / (WARM_UP * options.steps), 1 - step / options.steps)
        for group in optimiser.param_groups:
            group["lr"] = PEAK_RATE * rate
        rows = [ready[(step * BATCH + i) % len(ready)] for i in range(BATCH)]
        ids, targets = (torch.from_numpy(np.array(part)) for part in zip(*rows, strict=True))
        with torch.autocast("cpu", torch.bfloat16):
            loss = model(ids, targets)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
        if step % 20 == 19:  # noqa: PLR2004
            print(f"step {step + 1}: loss {np.mean(losses[-20:]):.3f}, {time.monotonic() - started:.0f} s", flush=True)
        if step % 100 == 99 or step + 1 == options.steps:  # noqa: PLR2004
            save(model.encoder, options.base, options.out)


def save(encoder: Encoder, base: Path, out: Path) -> None:
    """Write weights and tokenizer to ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in encoder.state_dict().items()}, out / "encoder.safetensors")
    (out / "tokenizer.json").write_bytes((base / "tokenizer.json").read_bytes())
