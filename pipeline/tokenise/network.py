"""Stanza's tokeniser network, asked for what layout and spelling leave open: sentence ends and clitics in context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.tokenise.characters import bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from pipeline.tokenise.surface import SurfaceToken

CONTEXT: Final = 6
"""Surface tokens on either side of a token in doubt that the network reads."""
WINDOW: Final = 48
"""Most tokens in doubt and between them that share one window."""
MAX_READ: Final = 24
"""Characters of a token that the network reads, so that hostile text costs no more than text."""
_BATCH: Final = 64


class Opinion(NamedTuple):
    """For each surface token the probabilities that it ends a sentence and that it holds clitics; 0 if not asked."""

    ends: NDArray[np.float32]
    clitics: NDArray[np.float32]


class _Window(NamedTuple):
    """The characters that the network reads, and the tokens in doubt with their last characters."""

    text: str
    asked: list[int]
    ends: list[int]


class BoundaryNetwork:
    """The network on the CPU."""

    def __init__(self, path: Path) -> None:
        """Load Stanza's file (weights only), past Stanza's trainer: its optimiser would import torch's compiler."""
        import torch
        from stanza.models.tokenization.model import Tokenizer
        from stanza.models.tokenization.vocab import Vocab

        saved = torch.load(path, map_location="cpu", weights_only=True)
        sizes = [saved["config"][name] for name in ("vocab_size", "emb_dim", "hidden_dim", "dropout", "feat_dropout")]
        self._model = Tokenizer(saved["config"], *sizes)
        self._model.load_state_dict(saved["model"])
        self._model.eval()
        vocabulary = Vocab.load_state_dict(saved["vocab"])
        self._unknown: int = vocabulary.unit2id("<UNK>")
        self._ids: dict[str, int] = {unit: vocabulary.unit2id(unit) for unit in vocabulary}

    def judge(self, text: str, tokens: Sequence[SurfaceToken], asked: Sequence[int]) -> Opinion:
        """Judge the tokens with the numbers ``asked`` (rising) of one text; no other text has a part in it."""
        import numpy as np

        opinion = Opinion(np.zeros(len(tokens), np.float32), np.zeros(len(tokens), np.float32))
        windows = sorted(_windows(text, tokens, asked), key=lambda window: -len(window.text))
        for i in range(0, len(windows), _BATCH):
            batch = windows[i : i + _BATCH]
            shares = self._shares(batch)
            for window, share in zip(batch, shares, strict=True):
                at = share[window.ends]
                token = at[:, 1:].sum(axis=1) + 1e-9
                opinion.ends[window.asked] = (at[:, 2] + at[:, 4]) / token
                opinion.clitics[window.asked] = (at[:, 3] + at[:, 4]) / token
        return opinion

    def _shares(self, batch: Sequence[_Window]) -> NDArray[np.float32]:
        """Probabilities of Stanza's five labels for each character; the first window is the longest.

        Of Stanza's five features of a character the last two, the borders of a paragraph, stay 0: a window is a
        piece of one.
        """
        import numpy as np
        import torch

        lengths = [len(window.text) for window in batch]
        units = np.zeros((len(batch), lengths[0]), np.int64)
        features = np.zeros((len(batch), lengths[0], 5), np.float32)
        for row, (window, n) in enumerate(zip(batch, lengths, strict=True)):
            units[row, :n] = [self._ids.get(c, self._unknown) for c in window.text]
            features[row, :n, 0] = [c == " " for c in window.text]
            features[row, :n, 1] = [c.isupper() for c in window.text]
            features[row, :n, 2] = [c.isdecimal() for c in window.text]
        with torch.inference_mode():
            logs = self._model(torch.from_numpy(units), torch.from_numpy(features), lengths)
            return np.asarray(logs.exp().numpy())


def _windows(text: str, tokens: Sequence[SurfaceToken], asked: Sequence[int]) -> Iterator[_Window]:
    """Tokens in doubt that stand close share a window."""
    group: list[int] = []
    for i in asked:
        if group and (i - group[-1] > CONTEXT or i - group[0] >= WINDOW):
            yield _window(text, tokens, group)
            group = []
        group.append(i)
    if group:
        yield _window(text, tokens, group)


def _window(text: str, tokens: Sequence[SurfaceToken], asked: list[int]) -> _Window:
    first = max(0, asked[0] - CONTEXT)
    pieces, ends, size = [], [], 0
    for i in range(first, min(len(tokens), asked[-1] + CONTEXT + 1)):
        token = tokens[i]
        gap = " " if i > first and tokens[i - 1].end < token.start else ""
        pieces.append(gap + (bare(text[token.start : token.end])[:MAX_READ] or "."))
        size += len(pieces[-1])
        ends.append(size - 1)
    return _Window("".join(pieces), asked, [ends[i - first] for i in asked])
