"""The shared encoder in ONNX Runtime: one pass over a text gives the scores of every head for every word."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.encoder.heads import LINK_ROLES, LINK_SIZE, Heads
from pipeline.encoder.subwords import Subwords
from pipeline.encoder.weights import FOLDER, LABELS, NETWORK, TOKENIZER, verified
from pipeline.encoder.windows import windows
from schemas.errors import ModelMissingError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.encoder.words import SurfaceWord

_MISSING: Final = "onnxruntime and tokenizers are needed for Khabar's own models: pip install khabar"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the encoder says about one text."""

    words: list[SurfaceWord]
    heads: Heads
    scores: NDArray[np.float32]
    """(words, heads.width): logarithms of probabilities, normalised within each head."""
    links: NDArray[np.float32]
    """(words, 3 * LINK_SIZE): projections as a trigger with a source, with a target, and as an actor."""

    def of(self, head: str) -> NDArray[np.float32]:
        """Log-probabilities of a head: (words, its labels)."""
        return self.scores[:, self.heads.columns(head)]

    def link(self, trigger: int, actor: int) -> dict[str, float]:
        """Probability that the word ``actor`` begins the source or the target of the event at ``trigger``."""
        projections = self.links[trigger, : LINK_SIZE * len(LINK_ROLES)].reshape(len(LINK_ROLES), LINK_SIZE)
        scores = projections @ self.links[actor, LINK_SIZE * len(LINK_ROLES) :] / LINK_SIZE**0.5
        return {role: float(p) for role, p in zip(LINK_ROLES, 1 / (1 + np.exp(-scores)), strict=True)}


class EncoderModel:
    """The network with its vocabulary; thread-safe."""

    def __init__(self, folder: Path = FOLDER, threads: int = 1) -> None:
        """Load and check the files in ``folder``; a pass uses ``threads`` threads.

        Raises:
            ModelMissingError: a file, onnxruntime or tokenizers is not there.
            ModelChecksumError: a file is not the released one.
        """
        self.version = verified(folder)
        try:
            import onnxruntime  # late: 0.1 s that only this model's users pay
        except ImportError as error:
            raise ModelMissingError(_MISSING) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self._session = onnxruntime.InferenceSession(str(folder / NETWORK), options, providers=["CPUExecutionProvider"])
        self._subwords = Subwords(folder / TOKENIZER)
        self.heads = Heads.load(folder / LABELS)

    def read(self, sentences: Sequence[Sequence[SurfaceWord]]) -> Reading:
        """Read one text, given as sentences of words.

        Each window is a pass of its own: 8-bit activations are scaled by the largest value in the pass, so a batch
        would make the scores of a text depend on its neighbours.
        """
        words = list(chain.from_iterable(sentences))
        ids = [[self._subwords.ids(word.text, word.glued) for word in sentence] for sentence in sentences]
        flat = list(chain.from_iterable(ids))
        passes = [self._pass(flat[w.start : w.stop]) for w in windows([[len(word) for word in s] for s in ids])]
        scores = np.concatenate([p[0] for p in passes] or [np.zeros((0, self.heads.width), np.float32)])
        links = np.concatenate([p[1] for p in passes] or [np.zeros((0, LINK_SIZE * 3), np.float32)])
        return Reading(words, self.heads, self._normalised(scores), links)

    def _pass(self, words: list[tuple[int, ...]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        ids = [self._subwords.start, *chain.from_iterable(words), self._subwords.end]
        firsts = np.cumsum([1, *(len(word) for word in words)])[:-1]
        scores, links = self._session.run(None, {"ids": np.array([ids]), "firsts": firsts})
        return scores, links

    def _normalised(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Log-softmax within each head."""
        parts = [scores[:, self.heads.columns(head)] for head in self.heads.labels]
        tops = [part - part.max(1, keepdims=True) for part in parts]
        return np.concatenate([top - np.log(np.exp(top).sum(1, keepdims=True)) for top in tops], axis=1)
