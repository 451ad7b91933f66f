"""Ways to cut a word form into clitics and host, and what a large corpus says for and against each.

After Farasa's ranking (Abdelali et al. 2016): candidates come from closed lists of clitics, features from counts
of unsegmented forms, so that بوتين stays whole because وتين never stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.lexicon.tables import read

if TYPE_CHECKING:
    from collections.abc import Mapping

Cuts = tuple[int, ...]
"""Offsets in the bare form where a new word begins; none: the form is one word."""
Parts = tuple[str, str, str]
"""Proclitics, host and pronoun; joined they are the form."""

MIN_HOST: Final = 2
_NUMBERS: Final = 22


@dataclass(frozen=True, slots=True)
class CutWords:
    """What may be cut off a form (lexicon/cuts.toml), in the order of the ranker's inputs."""

    before: tuple[str, ...]
    behind: tuple[str, ...]
    present: frozenset[str]
    feminine_bound: str
    feminine: str
    free: dict[str, str]

    @property
    def features(self) -> int:
        """The length of a reading's vector."""
        return _NUMBERS + len(self.before) + len(self.behind)


@cache
def cut_words() -> CutWords:
    """Read the file (once a process); raises what :func:`pipeline.lexicon.tables.read` does."""
    table = read("cuts.toml")
    free = table.table("free")
    return CutWords(
        before=table.texts("before"),
        behind=table.texts("behind"),
        present=frozenset(table.texts("present")),
        feminine_bound=table.text("feminine_bound"),
        feminine=table.text("feminine"),
        free={last: free.text(last) for last in free},
    )


def candidates(form: str) -> list[Parts]:
    """Every way to read the form; the first is the whole form as one word."""
    words, found = cut_words(), [("", form, "")]
    for prefix in words.before:
        if not form.startswith(prefix):
            continue
        for suffix in words.behind:
            size = len(form) - len(prefix) - len(suffix)
            clitics_only = size == 0 and prefix and suffix
            if (prefix or suffix) and form.endswith(suffix) and (size >= MIN_HOST or clitics_only):
                found.append((prefix, form[len(prefix) : len(form) - len(suffix)], suffix))
    return found


def cuts_of(parts: Parts) -> Cuts:
    """Cut points of a reading; each letter of the proclitics is a word of its own."""
    prefix, host, suffix = parts
    points = range(1, len(prefix) + bool(host or suffix))
    return (*points, len(prefix) + len(host)) if host and suffix else tuple(points)


class FormEvidence:
    """Features from the logarithms of corpus counts."""

    def __init__(self, logs: Mapping[str, float]) -> None:
        """Take, for each bare form of the corpus, log(1 + count)."""
        self._logs = logs
        self._words = cut_words()

    def __getitem__(self, form: str) -> float:
        """log(1 + count), 0 for a form that the corpus does not have."""
        return self._logs.get(form, 0.0)

    def features(self, form: str, parts: Parts) -> list[float]:
        """The vector of one reading, as long as :attr:`CutWords.features` says."""
        prefix, host, suffix = parts
        one_hot = [float(prefix == p) for p in self._words.before] + [float(suffix == s) for s in self._words.behind]
        return self._numbers(form, prefix, host, suffix) + one_hot

    def _numbers(self, form: str, prefix: str, host: str, suffix: str) -> list[float]:
        letters, words = affixes(), self._words
        whole, free = self[form], self._free(host, suffix)
        merged = prefix.endswith(letters.to) and host.startswith(letters.to)
        definite = letters.article[0] + host if merged else letters.article + host
        stem = host[1:] if merged and not host.startswith(letters.article) else host.removeprefix(letters.article)
        before, after = self._partners(host, suffix)
        return [
            whole,
            free,
            free - whole,
            self[definite],
            self[stem],
            self[host + suffix] - whole,
            self[prefix + host] - whole,
            before,
            after,
            float(free > 0),
            float(merged),
            float(host.startswith(letters.article)),
            float(host[:1] in words.present),
            float(host[-1:] == words.feminine_bound),
            float(host[-1:] == words.feminine),
            len(host) / 5,
            len(form) / 5,
            float(len(host) == MIN_HOST),
            self[letters.and_ + form] - whole,
            self[letters.article + form],
            self[letters.by + host + suffix],
            self[letters.and_ + host + suffix],
        ]

    def _free(self, host: str, suffix: str) -> float:
        """The host as a word of its own, in the spelling that it has without a pronoun."""
        spelling = self._words.free.get(host[-1:]) if suffix else None
        return max(self[host], self[host[:-1] + spelling] if spelling else 0.0)

    def _partners(self, host: str, suffix: str) -> tuple[float, float]:
        """Shares of all proclitics and of all pronouns that the corpus has with this host."""
        words = self._words
        before = sum(p + host + suffix in self._logs for p in words.before) / len(words.before)
        return before, sum(host + s in self._logs for s in words.behind) / len(words.behind)
