"""Which characters a word is made of, and its bare form: what the models read.

Vowel marks, tatweel and zero-width characters belong to a word's text but say nothing about its parts. Unlike
:func:`pipeline.text.fold`, hamza and taa marbuta are kept, because they tell hosts from clitics.
"""

from __future__ import annotations

import re

from pipeline.script import INVISIBLE, KEYBOARD, MARKS, TATWEEL

_UNREAD = re.compile(f"[{MARKS}{TATWEEL}{INVISIBLE}]+")


def bare(form: str) -> str:
    """The form without marks, tatweel and invisible characters, in uniform letters, digits and quotation marks."""
    return _UNREAD.sub("", form).translate(KEYBOARD)


def is_read(character: str) -> bool:
    """Whether a character survives in the bare form."""
    return _UNREAD.match(character) is None
