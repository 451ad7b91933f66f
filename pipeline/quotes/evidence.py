"""What the shared encoder saw (``document.signals``), as evidence for and against candidates.

The encoder scores spans for quote content, cue and speaker on its own. The rules stay in charge of what a quote is
and where it may begin and end; two small logistic models, fitted on articles that the encoder did not learn from,
weigh its scores against those of the rules. Without signals the rules decide alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import log
from typing import TYPE_CHECKING, Final

from pipeline.quotes.scan import MARKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.quotes.candidate import Candidate
    from pipeline.quotes.scan import Scan
    from schemas.annotations import Signal, Signals

SURE: Final = 0.5
"""Coverage from which a token is taken as quoted."""
ALONE: Final = 0.6
"""How far the encoder is believed without the lexicon: its scores must be near 0.8 to reach the threshold."""
MIN_WORDS: Final = 3
_LEAST: Final = 1e-3
_STEPS: Final = 5
_ODDS: Final = 6


class Evidence:
    """Scores of the encoder by token: how far it is quoted, a cue, a speaker."""

    def __init__(self, found: Scan, signals: Signals) -> None:
        """Spread the spans over the tokens."""
        self._found = found
        self._starts = [token.start for token in found.tokens]
        self._ends = [token.end for token in found.tokens]
        self.quoted = self._spread(signals.quotes)
        self._direct = self._spread([span for span in signals.quotes if span.label == "direct"])
        self.cue = self._spread(signals.cues)

    def _spread(self, spans: Sequence[Signal]) -> list[float]:
        scores = [0.0] * len(self._starts)
        for span in spans:
            for index in self.tokens(span.start, span.end):
                scores[index] = min(1.0, scores[index] + span.score)
        return scores

    def tokens(self, start: int, end: int) -> range:
        """The tokens that share a character with ``start:end``."""
        first = bisect_right(self._ends, start)
        return range(first, max(first, bisect_left(self._starts, end)))

    def accept_features(self, candidate: Candidate, prior: float) -> list[str]:
        """The rules' probability and the encoder's view of a candidate, in steps."""
        way, odds = candidate.way, _odds(prior)
        inside = self.quoted[candidate.start : candidate.end]
        cover = _step(sum(inside) / max(1, len(inside)))
        before, behind = self._around(candidate.start, candidate.end)
        names = ["bias", f"odds={odds}", f"cover={cover}", f"odds={odds}&cover={cover}", f"{way}&cover={cover}"]
        names += [f"before={before}&cover={cover}", f"behind={behind}&cover={cover}", f"{way}&before={before}"]
        if candidate.passage >= 0:
            direct = self._direct[candidate.start : candidate.end]
            names.append(f"{way}&direct={_step(sum(direct) / max(1, len(direct)))}")
        if candidate.cue is not None:
            cue = _step(max(self.cue[candidate.cue.first : candidate.cue.last + 1]))
            names += [f"cue={cue}", f"cue={cue}&cover={cover}", f"{way}&cue={cue}", f"odds={odds}&cue={cue}"]
            names += [f"{way}&cue={cue}&cover={cover}", f"{way}:{candidate.by}&cue={cue}"]
            names += [f"{candidate.cue.form.group}&{way}&cue={cue}", f"{candidate.cue.form.group}&{way}&cover={cover}"]
        return names

    def alone(self, candidate: Candidate) -> float:
        """The probability of what the lexicon knows nothing of: the content's score, with a cue beside it."""
        first, stop = self._found.sentences[self._found.sentence_of[candidate.start]]
        outside = (*self.cue[first : candidate.start], *self.cue[candidate.end : stop])
        inside = self.quoted[candidate.start : candidate.end]
        return min(max(outside, default=0.0), sum(inside) / max(1, len(inside))) * ALONE

    def end_features(self, candidate: Candidate, index: int, prior: float) -> list[str]:
        """The rules' probability that a clause stops before ``index``, and the encoder's view of both sides."""
        odds = _odds(prior)
        last, following = _step(self._word(index - 1, -1)), _step(self._word(index, 1))
        opening = _step(self._word(candidate.start, 1))
        sides = f"{last}{following}"
        return [
            "bias",
            f"odds={odds}",
            f"sides={sides}",
            f"odds={odds}&sides={sides}",
            f"sides={sides}&opening={opening}",
        ]

    def _around(self, start: int, end: int) -> tuple[int, int]:
        return _step(self._word(start - 1, -1)), _step(self._word(end, 1))

    def _word(self, index: int, step: int) -> float:
        """How far the nearest word at ``index`` or on in that direction is quoted; 0 outside the sentence's text."""
        for _ in range(4):
            if not 0 <= index < len(self.quoted):
                return 0.0
            if self._found.tokens[index].word:
                return self.quoted[index]
            index += step
        return 0.0

    def runs(self) -> list[tuple[int, int]]:
        """The stretches of tokens that the encoder takes as quoted, within one sentence each."""
        found, runs, first = self._found, [], -1
        for index in range(len(self.quoted) + 1):
            inside = index < len(self.quoted) and self.quoted[index] >= SURE
            if first >= 0 and (not inside or found.sentence_of[index] != found.sentence_of[first]):
                runs.append((first, index))
                first = -1
            if inside and first < 0 and (found.tokens[index].word or found.tokens[index].text in MARKS):
                first = index
        return [(a, b) for a, b in runs if sum(found.tokens[i].word for i in range(a, b)) >= MIN_WORDS]


def _step(score: float) -> int:
    return min(_STEPS, int(score * (_STEPS + 0.999)))


def _odds(probability: float) -> int:
    clipped = min(1 - _LEAST, max(_LEAST, probability))
    return round(max(-_ODDS, min(_ODDS, log(clipped / (1 - clipped)))))
