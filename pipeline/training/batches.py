"""Windows over annotated texts, augmented afresh in every epoch, and padded batches of similar length."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from pipeline.encoder import bio
from pipeline.text import fold
from pipeline.training.corpora import TRAINED, UNKNOWN, Annotated
from pipeline.training.spelling import respell

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Iterator

    from pipeline.encoder.subwords import Subwords

LEAST_WINDOW: Final = 96
MOST_WINDOW: Final = 224
"""Subwords of a window; the budget is drawn anew for every text, so no length is learnt by heart."""
FOLDED: Final = 0.12
RESPELT: Final = 0.12
PREFIXED: Final = 0.08
RENAMED: Final = 0.3
"""Share of windows in which names are exchanged, and the share of names there."""
SWAPPED: Final = 0.4
NAMED: Final = frozenset({"entities", "entities_anercorp"})
SHORTEST: Final = 2
_PREFIXES: Final = ("و", "ب", "ل", "ك", "وب", "ول")


def attach(prefix: str, word: str) -> tuple[str, int]:
    """The word with clitics before it, and how many letters of it are clitics when merged للـ stays whole."""
    if prefix.endswith("ل") and word.startswith("ال"):
        return prefix + word[1:], len(prefix) - 1
    return prefix + word, len(prefix)


@dataclass(slots=True)
class Window:
    """Some whole sentences of a text as subwords; labels stand on the first subword of a word."""

    ids: list[int]
    firsts: list[int]
    labels: dict[str, list[int]]
    links: list[tuple[int, int, int]]
    """(trigger position, actor position, role or -1 for none)."""
    style: int
    """1 for texts whose events are coded more inclusively (train2)."""
    text: Annotated
    start: int


def spans(text: Annotated, sizes: list[int], budget: int) -> Iterator[tuple[int, int]]:
    """Word ranges of whole sentences with at most ``budget`` subwords; a longer sentence is cut."""
    borders = [*text.sentence_starts[1:], len(text.words)]
    start, used, last = 0, 0, 0
    for border in borders:
        size = sum(sizes[last:border])
        if used and used + size > budget:
            yield start, last
            start, used = last, 0
        while size > budget:
            cut, size = _cut(sizes, start, border, budget)
            yield start, cut
            start = cut
        used += size
        last = border
    if start < last:
        yield start, last


def _cut(sizes: list[int], start: int, border: int, budget: int) -> tuple[int, int]:
    cut, used = start, 0
    while cut < border and used + sizes[cut] <= budget:
        used += sizes[cut]
        cut += 1
    return cut, sum(sizes[cut:border])


class Windows:
    """Makes windows out of texts."""

    def __init__(self, subwords: Subwords, chance: random.Random, texts: Iterable[Annotated] = ()) -> None:
        """Keep the vocabulary and the source of chance, and collect the names of ``texts`` for augmentation."""
        self._subwords, self._chance = subwords, chance
        self._names: dict[tuple[str, int, int], list[list[str]]] = defaultdict(list)
        for text in texts:
            for head in NAMED & text.layers.keys():
                for first, stop, kind in bio.spans(text.layers[head].tolist()):
                    letters = int(text.layers["clitics"][first]) if "clitics" in text.layers else 0
                    name = text.words[first:stop]
                    if letters >= 0 and name[0][letters:]:
                        self._names[head, kind, stop - first].append([name[0][letters:], *name[1:]])

    def of(self, text: Annotated, *, augment: bool, budget: int | None = None) -> Iterator[Window]:
        """Cut a text; ``augment`` changes spellings and prefixes clitics in some windows."""
        sizes = [len(self._subwords.ids(w, g)) for w, g in zip(text.words, text.glued, strict=True)]
        for start, end in spans(text, sizes, budget or self._chance.randint(LEAST_WINDOW, MOST_WINDOW)):
            yield self._window(text, start, end, augment=augment)

    def _window(self, text: Annotated, start: int, end: int, *, augment: bool) -> Window:
        labels = {head: layer[start:end].tolist() for head, layer in text.layers.items()}
        words = text.words[start:end]
        if augment:
            words = self._renamed(words, labels)
            words = self._prefixed(words, labels)
            words = self._respelt(words)
        ids, firsts = [self._subwords.start], []
        for word, glued in zip(words, text.glued[start:end], strict=True):
            firsts.append(len(ids))
            ids += self._subwords.ids(word, glued)
        ids.append(self._subwords.end)
        style = int(text.corpus == "train2")
        return Window(ids, firsts, labels, self._links(text, start, end, firsts), style, text, start)

    def _respelt(self, words: list[str]) -> list[str]:
        draw = self._chance.random()
        if draw < FOLDED:
            return [fold(word) or word for word in words]
        return [respell(word, self._chance) for word in words] if draw < FOLDED + RESPELT else words

    def _prefixed(self, words: list[str], labels: dict[str, list[int]]) -> list[str]:
        """Put a clitic before some words that are known to have none; ل and the article merge to لل."""
        known = labels.get("clitics")
        if known is None:
            return words
        changed = list(words)
        for i, letters in enumerate(known):
            if letters or len(words[i]) < SHORTEST or not words[i].isalpha() or self._chance.random() >= PREFIXED:
                continue
            changed[i], known[i] = attach(self._chance.choice(_PREFIXES), words[i])
        return changed

    def _renamed(self, words: list[str], labels: dict[str, list[int]]) -> list[str]:
        """Put another name of the same type and length in the place of some, so that names are not learnt by heart."""
        head = next((head for head in labels if head in NAMED), "")
        if not head or self._chance.random() >= RENAMED:
            return words
        changed = list(words)
        for first, stop, kind in bio.spans(labels[head]):
            pool = self._names[head, kind, stop - first]
            letters = labels["clitics"][first] if "clitics" in labels else 0
            if pool and self._chance.random() < SWAPPED and letters >= 0:
                name = self._chance.choice(pool)
                changed[first:stop] = name
                changed[first], now = attach(words[first][:letters], name[0])
                if "clitics" in labels:
                    labels["clitics"][first] = now
        return changed

    @staticmethod
    def _links(text: Annotated, start: int, end: int, firsts: list[int]) -> list[tuple[int, int, int]]:
        if "triggers" not in text.layers:
            return []
        heads = {h: TRAINED.labels[h].index for h in ("triggers", "actors")}
        begins = {f"B-{k[2:]}" for k in TRAINED.labels["triggers"][1:]}
        first = {heads["triggers"](b) for b in begins}
        triggers = [i for i in range(start, end) if int(text.layers["triggers"][i]) in first]
        actors = [i for i in range(start, end) if int(text.layers["actors"][i]) == heads["actors"]("B-actor")]
        return [(firsts[t - start], firsts[a - start], text.links.get((t, a), -1)) for t in triggers for a in actors]


@dataclass(slots=True)
class Batch:
    """Padded windows; every tensor is (windows, length) but the links, (pairs, 4): window, trigger, actor, role."""

    ids: torch.Tensor
    attention: torch.Tensor
    targets: dict[str, torch.Tensor]
    links: torch.Tensor
    styles: torch.Tensor
    windows: list[Window]


def batch(windows: list[Window], pad: int) -> Batch:
    """Pad some windows to the longest of them."""
    length = max(len(w.ids) for w in windows)
    ids = np.full((len(windows), length), pad)
    attention = np.zeros((len(windows), length), dtype=np.int64)
    targets = {h: np.full((len(windows), length), UNKNOWN) for h in {h for w in windows for h in w.labels}}
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = window.ids
        attention[row, : len(window.ids)] = 1
        for head, labels in window.labels.items():
            targets[head][row, window.firsts] = labels
    links = [(row, *link) for row, window in enumerate(windows) for link in window.links]
    return Batch(
        torch.from_numpy(ids),
        torch.from_numpy(attention),
        {head: torch.from_numpy(target) for head, target in targets.items()},
        torch.tensor(links, dtype=torch.long).reshape(-1, 4),
        torch.tensor([w.style for w in windows]),
        windows,
    )


def batches(windows: list[Window], pad: int, tokens: int, chance: random.Random) -> list[Batch]:
    """Batches of about ``tokens`` subwords, similar lengths together, in random order."""
    order = sorted(windows, key=lambda w: (len(w.ids) // 16, chance.random()))
    groups: list[list[Window]] = [[]]
    for window in order:
        if groups[-1] and (len(groups[-1]) + 1) * len(window.ids) > tokens:
            groups.append([])
        groups[-1].append(window)
    chance.shuffle(groups)
    return [batch(group, pad) for group in groups]
