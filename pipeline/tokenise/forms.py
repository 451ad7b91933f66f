"""Ways to cut a word form into clitics and host, and what a large corpus says for and against each.

After Farasa's ranking (Abdelali et al. 2016): candidates come from closed lists of clitics, features from counts
of unsegmented forms, so that بوتين stays whole because وتين never stands alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

Cuts = tuple[int, ...]
"""Offsets in the bare form where a new word begins; none: the form is one word."""
Parts = tuple[str, str, str]
"""Proclitics, host and pronoun; joined they are the form."""

PREFIXES: Final = ("", "و", "ف", "س", "ب", "ل", "ك", "وس", "وب", "ول", "وك", "فس", "فب", "فل", "فك")
SUFFIXES: Final = ("", "ه", "ها", "هم", "هما", "هن", "نا", "ي", "ني", "ك", "كم", "كما", "كن")
_FREE_SPELLINGS: Final = {"ت": "ة", "ي": "ى", "ا": "ى", "ئ": "ء", "ؤ": "ء", "و": "وا"}
"""How a host that ends so before a pronoun may be written without one."""
MIN_HOST: Final = 2
_NUMBERS: Final = 22
FEATURES: Final = _NUMBERS + len(PREFIXES) + len(SUFFIXES)


def candidates(form: str) -> list[Parts]:
    """Every way to read the form; the first is the whole form as one word."""
    found: list[Parts] = [("", form, "")]
    for prefix in PREFIXES:
        if not form.startswith(prefix):
            continue
        for suffix in SUFFIXES:
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

    def __getitem__(self, form: str) -> float:
        """log(1 + count), 0 for a form that the corpus does not have."""
        return self._logs.get(form, 0.0)

    def features(self, form: str, parts: Parts) -> list[float]:
        """The vector of one reading, FEATURES long."""
        prefix, host, suffix = parts
        one_hot = [float(prefix == p) for p in PREFIXES] + [float(suffix == s) for s in SUFFIXES]
        return self._numbers(form, prefix, host, suffix) + one_hot

    def _numbers(self, form: str, prefix: str, host: str, suffix: str) -> list[float]:
        whole, free = self[form], self._free(host, suffix)
        merged = prefix.endswith("ل") and host.startswith("ل")
        definite = "ا" + host if merged else "ال" + host
        stem = host[2:] if host.startswith("ال") else host[1:] if merged else host
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
            float(host.startswith("ال")),
            float(host[:1] in ("ي", "ت", "ن", "أ")),
            float(host[-1:] == "ت"),
            float(host[-1:] == "ة"),
            len(host) / 5,
            len(form) / 5,
            float(len(host) == MIN_HOST),
            self["و" + form] - whole,
            self["ال" + form],
            self["ب" + host + suffix],
            self["و" + host + suffix],
        ]

    def _free(self, host: str, suffix: str) -> float:
        """The host as a word of its own, in the spelling that it has without a pronoun."""
        spelling = _FREE_SPELLINGS.get(host[-1:]) if suffix else None
        return max(self[host], self[host[:-1] + spelling] if spelling else 0.0)

    def _partners(self, host: str, suffix: str) -> tuple[float, float]:
        """Shares of all proclitics and of all pronouns that the corpus has with this host."""
        before = sum(p + host + suffix in self._logs for p in PREFIXES) / len(PREFIXES)
        return before, sum(host + s in self._logs for s in SUFFIXES) / len(SUFFIXES)
