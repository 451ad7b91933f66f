"""Surface forms of Arabic words by rule: what a lexicon entry can look like in running text.

Input and output are folded (:func:`pipeline.text.fold`). The rules over-generate a little; an entry of the lexicon
that meets a wrong word is excluded there by a context condition.
"""

from __future__ import annotations

from typing import Final, NamedTuple

_PERSONS: Final = ("ي", "ت", "ن")
_PRESENT_ENDINGS: Final = ("", "ون", "وا", "ان", "ا", "ن", "ين")
_NOUN_ENDINGS: Final = ("", "ا", "ات", "ان", "ين", "ون", "ي", "و")
_HOLLOW_LENGTH: Final = 3


class Form(NamedTuple):
    """A surface form without clitics, and whether it only stands before a pronoun (``bound``)."""

    text: str
    tense: str
    """``past``, ``present`` or ``noun``."""
    bound: bool = False


def noun_forms(noun: str) -> list[Form]:
    """Singular, dual, sound plurals and construct forms of a noun or participle without article."""
    if noun.endswith("ه"):
        stem = noun[:-1]
        free = [noun, *(stem + ending for ending in ("ات", "تان", "تين", "تا", "تي"))]
        return [*(Form(f, "noun") for f in free), Form(stem + "ت", "noun", bound=True)]
    free = [noun + ending for ending in _NOUN_ENDINGS]
    if noun.endswith("ء"):
        bound = [noun[:-1] + "ي", noun[:-1] + "و"]
        return [*(Form(f, "noun") for f in free), *(Form(f, "noun", bound=True) for f in bound)]
    return [Form(f, "noun") for f in free]


def verb_forms(past: str, present: str) -> list[Form]:
    """Third person and first plural forms of a verb from its two stems (``زار`` and ``زور``)."""
    return [*_past_forms(past), *_present_forms(present)]


def _past_forms(past: str) -> list[Form]:
    if past[-1] in "يا" and len(past) >= _HOLLOW_LENGTH:
        stem = past[:-1]
        long = "ي" if past[-1] == "ي" else "و"
        free = [past, *(stem + e for e in ("ت", "تا", "وا", long + "ا", long + "نا", long + "ن"))]
        return [
            *(Form(f, "past") for f in free),
            Form(stem + "ا", "past", bound=True),
            Form(stem + "و", "past", bound=True),
        ]
    free = [past + e for e in ("", "ت", "ا", "تا", "وا", "ن", "نا")]
    if len(past) == _HOLLOW_LENGTH and past[1] == "ا":
        free += [past[0] + past[2] + e for e in ("ت", "نا", "ن")]
    return [*(Form(f, "past") for f in free), Form(past + "و", "past", bound=True)]


def _present_forms(present: str) -> list[Form]:
    stems = [present + e for e in _PRESENT_ENDINGS]
    if present[-1] in "يو":
        stem = present[:-1]
        stems = [present, stem, present + "ان", present + "ا", present + "ن", *(stem + e for e in ("ون", "وا", "ين"))]
    elif len(present) == _HOLLOW_LENGTH and present[1] in "ويا":
        stems.append(present[0] + present[2])
    forms = [Form(person + stem, "present") for person in _PERSONS for stem in stems]
    bound = [Form(person + present.rstrip("ي") + "و", "present", bound=True) for person in _PERSONS]
    return [*forms, *bound, Form("ا" + present, "first")]
