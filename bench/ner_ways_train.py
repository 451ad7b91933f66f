"""Training of one way at a small budget: the recipe of ``pipeline.training.encoder`` with one thing changed."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from ner_ways_crf import Crf
from ner_ways_hints import Hints
from ner_ways_spans import SpanHead
from ner_ways_texts import EXTRA, Teacher, anercorp, by_sentence, gold_texts, news, sample
from torch import Tensor, nn
from torch.nn import functional

from pipeline.encoder import bio
from pipeline.encoder.subwords import Subwords
from pipeline.encoder.weights import FOLDER
from pipeline.ner.entities import ANERCORP_STYLE, GOLD_STYLE
from pipeline.training import encoder as recipe
from pipeline.training.batches import Batch, Windows, batches
from pipeline.training.corpora import TRAINED, UNKNOWN, Annotated
from pipeline.training.evaluation import TOKENS, WINDOW
from pipeline.training.network import LAYERS, Encoder, Tagger

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

Scores = list[tuple[Annotated, str, "NDArray[np.float32]", list[int]]]
"""Held-out texts with the head, its log-probabilities and the decoded labels."""
EXTRA_SHARE: Final = 0.5
"""Words of added sets in an epoch, as a share of ANERcorp's; drawn anew for every epoch."""


@dataclass(frozen=True, slots=True)
class Way:
    """What differs from the baseline."""

    extra: tuple[str, ...] = ()
    augment: bool = True
    respell: bool = True
    rename: bool = True
    decay: bool = True
    clean: bool = False
    """Whether CLEANANERCorp's labels of the same texts train their own head."""
    context: bool = True
    pretrained: bool = True
    crf: bool = False
    spans: bool = False
    hints: bool = False
    """Whether the network is shown the names of the gazetteer."""
    teacher: str = ""
    """Labels of the shipped model on news: ``hard`` or ``soft``."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a way puts on the network; their weights are learnt, but not averaged."""

    crf: Crf | None = None
    spans: SpanHead | None = None
    hints: Hints | None = None

    @classmethod
    def of(cls, way: Way, model: Tagger) -> Parts:
        """The parts of a way."""
        return cls(
            Crf(len(TRAINED.labels[ANERCORP_STYLE])) if way.crf else None,
            SpanHead() if way.spans else None,
            Hints(model.encoder) if way.hints else None,
        )

    def parameters(self) -> list[nn.Parameter]:
        """All weights."""
        return [weight for part in (self.crf, self.spans, self.hints) if part for weight in part.parameters()]


@dataclass(frozen=True, slots=True)
class Budget:
    """What all ways share."""

    base: Path
    pretrained: Path
    epochs: int
    seed: int
    tokens: int
    """Subwords a step."""


class WayWindows(Windows):
    """Windows with some of the augmentations only."""

    way: Way

    def _respelt(self, words: list[str]) -> list[str]:
        return super()._respelt(words) if self.way.respell else words

    def _renamed(self, words: list[str], labels: dict[str, list[int]]) -> list[str]:
        unsure = UNKNOWN in labels.get(ANERCORP_STYLE, ())  # names of a teacher have holes there
        return super()._renamed(words, labels) if self.way.rename and not unsure else words


def optimiser(model: Tagger, parts: Parts, way: Way) -> torch.optim.Optimizer:
    """AdamW in the recipe's groups; without layer-wise rates every layer gets the mean of them."""
    groups = recipe.groups(model)
    if not way.decay:
        mean = float(np.mean([g["lr"] for g in groups[:LAYERS]]))  # type: ignore[arg-type]
        for group in groups[: LAYERS + 3]:
            group["lr"] = group["peak"] = mean
    if parts.parameters():
        groups.append({"params": parts.parameters(), "lr": recipe.HEAD_RATE, "peak": recipe.HEAD_RATE})
    return torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98), fused=True)


def loss_of(model: Tagger, batch: Batch, parts: Parts, teacher: Teacher) -> Tensor:
    """The recipe's loss, with ANERcorp's head by CRF, by spans or towards a teacher where the way says so."""
    if parts.hints:
        parts.hints.show(batch)
    if parts.spans:
        return span_loss(model, batch, parts.spans)
    if parts.crf is None and not teacher:
        return recipe.loss_of(model, batch)
    words = sum(len(w.firsts) for w in batch.windows)
    scores = model(batch.ids, batch.attention, batch.styles)[0].float()[..., TRAINED.columns(ANERCORP_STYLE)]
    total: Tensor = scores.new_zeros(())
    for row, window in enumerate(batch.windows):
        own = scores[row, window.firsts]
        soft = teacher.get(id(window.text))
        if soft is not None:
            wanted = torch.from_numpy(np.exp(soft[window.start : window.start + len(own)]))
            total = total + functional.cross_entropy(own, wanted, reduction="sum")
        elif parts.crf is None:
            labels = torch.tensor(window.labels[ANERCORP_STYLE])
            total = total + functional.cross_entropy(own, labels, reduction="sum", ignore_index=UNKNOWN)
        else:
            total = total + parts.crf(own, torch.tensor(window.labels[ANERCORP_STYLE]))
    return recipe.WEIGHTS[ANERCORP_STYLE] * total / words


def span_loss(model: Tagger, batch: Batch, head: SpanHead) -> Tensor:
    """The loss of all spans of a batch, a word."""
    hidden = model.dropout(model.encoder(batch.ids, batch.attention)).float()
    losses = [head.loss(hidden[row, w.firsts], w.labels[ANERCORP_STYLE]) for row, w in enumerate(batch.windows)]
    return recipe.WEIGHTS[ANERCORP_STYLE] * torch.stack(losses).sum() / sum(len(w.firsts) for w in batch.windows)


def train(way: Way, budget: Budget) -> tuple[Scores, Scores]:
    """Train one way with one seed, and read the held-out texts with the averaged weights and with the last ones."""
    torch.manual_seed(budget.seed)
    chance = random.Random(budget.seed)  # noqa: S311  # not for secrets
    folder = budget.pretrained if way.pretrained else budget.base
    subwords, model = Subwords(folder / "tokenizer.json"), Tagger(Encoder.load(folder), TRAINED)
    parts = Parts.of(way, model)
    learn, held = anercorp(clean=way.clean)
    words = int(EXTRA_SHARE * sum(len(text.words) for text in learn))
    pool = [text for name in way.extra for text in EXTRA[name]()]
    teacher: Teacher = {}
    if way.teacher:
        pool, teacher = news(FOLDER, words * budget.epochs, budget.seed)
    named = learn if teacher else [*learn, *pool]
    windows, average = WayWindows(subwords, chance, named), recipe.Average(model)
    windows.way = way
    stepper, started = optimiser(model, parts, way), time.process_time()
    for epoch in range(budget.epochs):
        texts = [*learn, *sample(pool, words, chance)]
        texts = texts if way.context else by_sentence(texts)
        cut = [w for text in texts for w in windows.of(text, augment=way.augment)]
        ready = batches(cut, subwords.pad, budget.tokens, chance)
        soft = teacher if way.teacher == "soft" else {}
        mean = _epoch((model, average, stepper), ready, (epoch, budget.epochs), parts, soft)
        print(f"  epoch {epoch + 1}: {len(ready)} steps, loss {mean:.4f}, {time.process_time() - started:.0f} s of CPU")
    held += gold_texts()[1] if any(name.startswith("gold") for name in way.extra) else []
    held = held if way.context else by_sentence(held)
    last = read(model.eval(), subwords, held, parts)
    model.load_state_dict(average.state)
    return read(model, subwords, held, parts), last


def _epoch(
    trained: tuple[Tagger, recipe.Average, torch.optim.Optimizer],
    ready: list[Batch],
    at: tuple[int, int],
    parts: Parts,
    teacher: Teacher,
) -> float:
    model, average, stepper = trained
    model.train()
    total = 0.0
    for step, batch in enumerate(ready):
        for group in stepper.param_groups:
            group["lr"] = group["peak"] * recipe.pace((at[0] + (step + 1) / len(ready)) / at[1])
        with torch.autocast("cpu", torch.bfloat16):
            loss = loss_of(model, batch, parts, teacher)
        stepper.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        stepper.step()
        average.update()
        total += loss.item()
    return total / max(len(ready), 1)


@torch.inference_mode()
def read(model: Tagger, subwords: Subwords, texts: list[Annotated], parts: Parts) -> Scores:
    """Log-probabilities and labels of the entity head of each text."""
    chance = random.Random(0)  # noqa: S311  # not for secrets
    windows = Windows(subwords, chance)
    cut = [w for text in texts for w in windows.of(text, augment=False, budget=WINDOW)]
    kept = {id(text): np.zeros((len(text.words), len(TRAINED.labels[GOLD_STYLE])), np.float32) for text in texts}
    paths = {id(text): [0] * len(text.words) for text in texts}
    with torch.autocast("cpu", torch.bfloat16):
        for batch in batches(cut, subwords.pad, TOKENS, chance):
            if parts.hints:
                parts.hints.show(batch)
            hidden = model.encoder(batch.ids, batch.attention)
            scores = model.scores(hidden).float()
            for row, window in enumerate(batch.windows):
                own = scores[row, window.firsts][:, TRAINED.columns(head_of(window.text))].log_softmax(-1)
                kept[id(window.text)][window.start : window.start + len(own)] = own.numpy()
                if parts.spans:
                    best = parts.spans.best(hidden[row, window.firsts])
                    paths[id(window.text)][window.start : window.start + len(own)] = best
    if not parts.spans:
        decode = parts.crf.best if parts.crf else bio.best_path
        paths = {own: decode(scores) for own, scores in kept.items()}
    return [(text, head_of(text), kept[id(text)], paths[id(text)]) for text in texts]


def head_of(text: Annotated) -> str:
    """The head that a held-out text judges."""
    return ANERCORP_STYLE if ANERCORP_STYLE in text.layers else GOLD_STYLE
