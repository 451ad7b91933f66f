"""Surface tokens: what stands between spaces, with punctuation, numbers, addresses and emoji told apart.

These borders need no model: the expressions below agree with the tokens of UD Arabic PUD and, unlike a model
trained on clean text, hold on any web text. Each is linear in the text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.script import COMMA, INVISIBLE, LETTERS, MARKS, NUMBER_MARKS, QUESTION, SEMICOLON, TATWEEL

MAX_TOKEN: int = 256
"""Longest token in characters; what is longer is no word, and is cut."""

_GAP = f"(?!\u200b)[{INVISIBLE}]"
"""Within a word; the zero-width space parts words."""
_ARABIC = f"[{LETTERS}][{LETTERS}{MARKS}{TATWEEL}]*(?:(?:{_GAP})+[{LETTERS}{MARKS}{TATWEEL}]+)*"
_LATIN = f"[^\\W\\d_{LETTERS}{MARKS}{TATWEEL}]"
_TRAIL = f".,;:!?'\")\\]}}»”’›{COMMA}{SEMICOLON}{QUESTION}"
_OUTSIDE = f'\\s<>"«»“”{COMMA}{SEMICOLON}'
_GLUED = f"(?<=[!-~])[.!{QUESTION}?…]{{1,4}}[{LETTERS}]"
"""A sentence that follows a Latin address without a space."""
_SITE = "(?:[A-Za-z0-9-]{1,63}\\.){1,8}[A-Za-z]{2,24}/"
_URL = f"(?:https?://|www\\.|{_SITE})(?:(?!{_GLUED})[^{_OUTSIDE}])*(?!{_GLUED})[^{_OUTSIDE}{_TRAIL}]"
_EMAIL = "[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63}){0,8}\\.[A-Za-z]{2,24}"
_HANDLE = "@[A-Za-z0-9_]+"
_DATE = "\\d{4}-\\d{1,2}-\\d{1,2}(?!\\d)"
_NUMBER = f"\\d+(?:[{NUMBER_MARKS}]\\d+)*"
_FOREIGN = f"{_LATIN}(?:{_LATIN}|\\d|[{MARKS}\u0300-\u036f])*(?:[-'’.&](?:{_LATIN}|\\d)+)*"
_RUN = f"\\.{{2,}}|…+|([-–—_=*•~#{TATWEEL}])\\1+"
_EMOJI_TAIL = "[\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\u0300-\u036f]"
_LOOSE_MARKS = f"[{MARKS}]+"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_OTHER = f"{_FLAG}|[^\\s{INVISIBLE}]{_EMOJI_TAIL}*(?:\u200d[^\\s\\w{INVISIBLE}]{_EMOJI_TAIL}*)*"

_TOKEN = re.compile(
    f"(?P<address>{_URL}|{_EMAIL}|{_HANDLE})|(?P<number>{_DATE}|{_NUMBER})"
    f"|(?P<arabic>{_ARABIC})|(?P<foreign>{_FOREIGN})|{_RUN}|{_LOOSE_MARKS}|{_OTHER}"
)


class SurfaceToken(NamedTuple):
    """A slice of the text and what it is: ``arabic``, ``foreign``, ``number``, ``address`` or ``other``."""

    start: int
    end: int
    kind: str


def surface_tokens(text: str, start: int = 0, end: int | None = None) -> list[SurfaceToken]:
    """The tokens of ``text[start:end]``; every character in none of them is space or invisible."""
    tokens = []
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        kind = match.lastgroup or "other"
        first, last = match.span()
        if last - first <= MAX_TOKEN:
            tokens.append(SurfaceToken(first, last, kind))
        else:
            tokens.extend(SurfaceToken(i, min(i + MAX_TOKEN, last), kind) for i in range(first, last, MAX_TOKEN))
    return tokens
