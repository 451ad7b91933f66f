"""The Arabic script: its letters, marks, digits and punctuation, and nothing of the language.

Words, affixes and inflection are data (pipeline/lexicon). The first group are insides of character classes, to be
put between ``[`` and ``]``; a test holds that no other module spells Arabic characters out.
"""

from __future__ import annotations

import re
from typing import Final

TATWEEL: Final = "\u0640"
DAGGER_ALEF: Final = "\u0670"
HARAKAT: Final = "\u064b-\u0652"
"""Tanwin, short vowels, shadda, sukun."""
SHORT_VOWELS: Final = HARAKAT + DAGGER_ALEF
VOWELS: Final = "\u064b-\u065f" + DAGGER_ALEF
"""With the signs above and below letters."""
HONORIFICS: Final = "\u0610-\u061a"
READING_MARKS: Final = HONORIFICS + VOWELS + "\u06d6-\u06dc\u06df-\u06e8"
"""With honorifics and the commoner signs of Quranic recitation: what the encoder learnt to read over."""
MARKS: Final = READING_MARKS + "\u06ea-\u06ed\u08d3-\u08ff"
"""All vowel and Quranic marks."""
LETTERS: Final = (
    "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06fa-\u06fc"
    "\u0750-\u077f\u08a0-\u08c7\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdc7\ufdf0-\ufdfb\ufe70-\ufefc"
)
"""Letters of the Arabic script with their presentation forms."""
PLAIN_LETTERS: Final = "\u0621-\u064a"
"""The letters of Arabic itself."""
ZERO_WIDTH: Final = "\u200b-\u200f\ufeff"
"""Zero-width signs and direction marks."""
INVISIBLE: Final = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
"""Zero-width, soft hyphen and direction marks, all of them."""
NUMBER_MARKS: Final = ".,:/٫٬"
"""What stands between the digits of one number."""

PRESENTATION: Final = re.compile(r"[\ufb50-\ufdff\ufe70-\ufefc]")
"""Arabic presentation forms (ﻋﺒﺪ), as old typesetting leaves them; NFKC makes them letters."""

FEMININE: Final = frozenset("ةه")
"""Taa marbuta, as it is written, as many write it, and as it is folded."""

COMMA: Final = "،"
COMMAS: Final = frozenset("،,")
SEMICOLON: Final = "؛"
SEMICOLONS: Final = frozenset("؛;")
QUESTION: Final = "؟"
STOPS: Final = frozenset(".!?؟")
"""What ends a sentence of Arabic."""
URDU_STOP: Final = "۔"

DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
"""Arabic digits to European ones."""
KEYBOARD: Final = str.maketrans("ٱکیۀ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹،“”«»„‹›’‘", 'اكيه01234567890123456789,"""""""\'\'')
"""One spelling for what differs by keyboard only; one character for one character."""
FOLDS: Final = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ک": "ك", "ی": "ي"}
)
"""Alef, yaa, taa marbuta and hamza forms that writers interchange."""
