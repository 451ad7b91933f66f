"""Stanza's tokeniser network, asked for what layout and spelling leave open: sentence ends and clitics in context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.tokenise.characters import bare

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    import torch
    from numpy.typing import NDArray

    from pipeline.tokenise.surface import SurfaceToken

WINDOW: Final = 64
"""Surface tokens that the network reads at once; an article is a batch of windows."""
MARGIN: Final = 8
"""Tokens at an inner border of a window that the neighbouring window judges."""
MAX_READ: Final = 24
"""Characters of a token that the network reads, so that hostile text costs no more than text."""
_BATCH: Final = 64


class Opinion(NamedTuple):
    """For each surface token the probabilities that it ends a sentence and that it holds clitics."""

    ends: NDArray[np.float32]
    clitics: NDArray[np.float32]


class _Window(NamedTuple):
    text: str
    ends: list[int]
    first: int
    """Number of the text's token that the window starts with."""
    kept: slice
    """Which of its tokens it judges."""


class BoundaryNetwork:
    """The network on the CPU."""

    def __init__(self, path: Path) -> None:
        """Load Stanza's file (weights only)."""
        from stanza.models.tokenization.trainer import Trainer

        self._trainer = Trainer(model_file=str(path), device="cpu")
        vocabulary = self._trainer.vocab
        self._unknown: int = vocabulary.unit2id("<UNK>")
        self._ids: dict[str, int] = {unit: vocabulary.unit2id(unit) for unit in vocabulary}

    def judge(self, text: str, tokens: Sequence[SurfaceToken]) -> Opinion:
        """Judge the tokens of one text; no other text has a part in it."""
        import numpy as np

        opinion = Opinion(np.zeros(len(tokens), np.float32), np.zeros(len(tokens), np.float32))
        windows = sorted(_windows(text, tokens), key=lambda window: -len(window.text))
        for i in range(0, len(windows), _BATCH):
            batch = windows[i : i + _BATCH]
            shares = np.exp(self._trainer.predict(self._inputs(batch)))
            for window, share in zip(batch, shares, strict=True):
                at = share[window.ends][window.kept]
                token = at[:, 1:].sum(axis=1) + 1e-9
                place = slice(window.first + window.kept.start, window.first + window.kept.stop)
                opinion.ends[place] = (at[:, 2] + at[:, 4]) / token
                opinion.clitics[place] = (at[:, 3] + at[:, 4]) / token
        return opinion

    def _inputs(self, batch: Sequence[_Window]) -> tuple[torch.Tensor, None, torch.Tensor, list[str]]:
        """Unit ids and Stanza's five features of each character, padded to the first (longest) window."""
        import numpy as np
        import torch

        size = len(batch[0].text)
        units = np.zeros((len(batch), size), np.int64)
        features = np.zeros((len(batch), size, 5), np.float32)
        for row, window in enumerate(batch):
            n = len(window.text)
            units[row, :n] = [self._ids.get(c, self._unknown) for c in window.text]
            features[row, :n, 0] = [c == " " for c in window.text]
            features[row, :n, 1] = [c.isupper() for c in window.text]
            features[row, :n, 2] = [c.isdecimal() for c in window.text]
            features[row, n - 1, 3] = features[row, 0, 4] = 1
        return torch.from_numpy(units), None, torch.from_numpy(features), [window.text for window in batch]


def _windows(text: str, tokens: Sequence[SurfaceToken]) -> list[_Window]:
    windows = []
    step = WINDOW - 2 * MARGIN
    for first in range(0, max(1, len(tokens) - 2 * MARGIN), step):
        part = tokens[first : first + WINDOW]
        if not part:
            break
        last = first + len(part) == len(tokens)
        kept = slice(MARGIN if first else 0, len(part) if last else len(part) - MARGIN)
        windows.append(_Window(*_read(text, part), first, kept))
    return windows


def _read(text: str, tokens: Sequence[SurfaceToken]) -> tuple[str, list[int]]:
    """The characters that the network reads, and where each token's last one is."""
    pieces, ends, size = [], [], 0
    previous = tokens[0].start
    for token in tokens:
        gap = " " if text[previous : token.start].strip() != text[previous : token.start] else ""
        piece = gap + (bare(text[token.start : token.end])[:MAX_READ] or "ـ")
        size += len(piece)
        pieces.append(piece)
        ends.append(size - 1)
        previous = token.end
    return "".join(pieces), ends
