"""How likely a word form is cut, and where: a lexicon of forms read beforehand, a small ranker for all others."""

from __future__ import annotations

import io
import lzma
import math
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.tokenise.forms import Cuts, FormEvidence, candidates, cuts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

LOG_STEPS: Final = 16
"""Counts are stored as whole sixteenths of log(1 + count)."""
LONGEST_FORM: Final = 24
"""No longer form is cut: Arabic has none, and hostile text must not be ranked."""
CACHE_SIZE: Final = 200_000


class Reading(NamedTuple):
    """The best way to cut a form, and the probability that it is cut at all."""

    cuts: Cuts
    probability: float


EVEN: Final = 0.5
DOUBT: Final = (0.2, 0.9)
CONTEXT_WEIGHT: Final = 0.5
WHOLE: Final = Reading((), 0.0)


class Ranker:
    """An average of small networks that score every candidate of a form (softmax over candidates)."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        """Take mean and scale (features), w1..w3 and b1..b3 with a leading axis of networks."""
        self._w = dict(weights)

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of each candidate; ``rows`` is candidates by features."""
        import numpy as np

        w = self._w
        x = (rows - w["mean"]) / w["scale"]
        hidden = np.maximum(x @ w["w1"] + w["b1"][:, None], 0)
        hidden = np.maximum(hidden @ w["w2"] + w["b2"][:, None], 0)
        scores = (hidden @ w["w3"][..., None])[..., 0]
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray((shares / shares.sum(axis=1, keepdims=True)).mean(axis=0))


class Readings:
    """Readings of bare word forms; the same form always gets the same."""

    def __init__(self, logs: Mapping[str, float], known: Mapping[str, Reading], ranker: Ranker) -> None:
        """Take the corpus counts, the forms read beforehand and the ranker for the rest."""
        self._evidence = FormEvidence(logs)
        self._known = known
        self._ranker = ranker
        self._cache: dict[str, Reading] = {}

    @classmethod
    def from_files(cls, lexicon: bytes, ranker: bytes) -> Readings:
        """Unpack the two model files: an xz table of form, count, cuts, probability; and the networks' arrays."""
        import numpy as np

        logs, known = read_lexicon(lexicon)
        with np.load(io.BytesIO(ranker), allow_pickle=False) as arrays:
            return cls(logs, known, Ranker({name: arrays[name].astype(np.float32) for name in arrays.files}))

    def __getitem__(self, form: str) -> Reading:
        """The reading of a bare form of Arabic letters."""
        known = self._known.get(form) or self._cache.get(form)
        if known is not None:
            return known
        if len(self._cache) >= CACHE_SIZE:
            self._cache.clear()
        reading = self._cache[form] = self.rank(form)
        return reading

    def in_doubt(self, form: str) -> bool:
        """Whether the form alone does not settle if it holds clitics."""
        reading = self[form]
        return bool(reading.cuts) and DOUBT[0] < reading.probability < DOUBT[1]

    def is_cut(self, form: str, context: float) -> bool:
        """Whether a form holds clitics; ``context``: a contextual model's probability, heard only where in doubt."""
        reading = self[form]
        if self.in_doubt(form):
            return _logit(reading.probability) + CONTEXT_WEIGHT * _logit(context) > 0
        return bool(reading.cuts) and reading.probability >= EVEN

    def rank(self, form: str) -> Reading:
        """The ranker's own reading, whatever the lexicon says."""
        import numpy as np

        if not 1 < len(form) <= LONGEST_FORM:
            return WHOLE
        ways = candidates(form)
        if len(ways) == 1:
            return WHOLE
        rows = np.array([self._evidence.features(form, way) for way in ways], dtype=np.float32)
        shares = self._ranker.probabilities(rows)
        best = 1 + int(shares[1:].argmax())
        return Reading(cuts_of(ways[best]), float(1 - shares[0]))


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-3), 1 - 1e-3)
    return math.log(bounded / (1 - bounded))


def read_lexicon(data: bytes) -> tuple[dict[str, float], dict[str, Reading]]:
    """Counts and readings from the packed table."""
    logs, known = {}, {}
    for line in lzma.decompress(data).decode("utf-8").splitlines():
        form, log, cuts, percent = line.split("\t")
        if log != "0":
            logs[form] = int(log) / LOG_STEPS
        known[form] = Reading(tuple(map(int, cuts.split(","))) if cuts else (), int(percent) / 100)
    return logs, known


def write_lexicon(logs: Mapping[str, float], known: Mapping[str, Reading]) -> bytes:
    """Pack counts and readings; a form without a count gets 0."""
    lines = (
        f"{form}\t{round(logs.get(form, 0.0) * LOG_STEPS)}\t{','.join(map(str, known[form].cuts))}"
        f"\t{round(known[form].probability * 100)}\n"
        for form in sorted(known)
    )
    return lzma.compress("".join(lines).encode("utf-8"), preset=9)
