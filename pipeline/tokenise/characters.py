"""Which characters a word is made of, and its bare form: what the models read.

Vowel marks, tatweel and zero-width characters belong to a word's text but say nothing about its parts. Unlike
:func:`pipeline.text.fold`, hamza and taa marbuta are kept, because they tell hosts from clitics.
"""

from __future__ import annotations

import re
from typing import Final

MARKS: Final = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff"
"""Vowel and Quranic marks; like the next three the inside of a character class."""
LETTERS: Final = (
    "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06fa-\u06fc"
    "\u0750-\u077f\u08a0-\u08c7\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdc7\ufdf0-\ufdfb\ufe70-\ufefc"
)
"""Letters of the Arabic script with their presentation forms."""
TATWEEL: Final = "\u0640"
INVISIBLE: Final = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
"""Zero-width, soft hyphen and direction marks."""

_UNREAD = re.compile(f"[{MARKS}{TATWEEL}{INVISIBLE}]+")
_UNIFORM: Final = str.maketrans("ٱکیۀ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹،“”«»„‹›’‘", 'اكيه01234567890123456789,"""""""\'\'')
"""One spelling for what differs by keyboard only; one character for one character."""


def bare(form: str) -> str:
    """The form without marks, tatweel and invisible characters, in uniform letters, digits and quotation marks."""
    return _UNREAD.sub("", form).translate(_UNIFORM)


def is_read(character: str) -> bool:
    """Whether a character survives in the bare form."""
    return _UNREAD.match(character) is None
