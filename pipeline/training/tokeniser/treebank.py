"""Sentences of UD treebanks as surface text with the cut points of their clitics.

Sources: UD Arabic PUD (CC BY-SA 3.0) and the development part of the Prague Arabic Dependency Treebank
(CC BY-NC-SA 3.0). PUD writes a clitic as a token with SpaceAfter=No; the early PADT release has no surface text,
so clitics are joined back to their hosts by part of speech and the spelling rules of the joint.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.tokenise.characters import bare
from pipeline.tokenise.forms import Cuts, cut_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

HELD_OUT: Final = 0.2
PROCLITICS: Final = frozenset("وفبلكس")
_PLAIN = re.compile("[\u0621-\u063a\u0641-\u064a]+")
_PROCLITIC_POS: Final = frozenset({"ADP", "CONJ", "PART"})
_JOINED_IN_PADT: Final = ("نا", "هما", "كم")
_JOINT_SPELLINGS: Final = {"ة": "ت", "ى": "ي"}
"""How the last letter of a host is written before a pronoun."""


@dataclass(frozen=True, slots=True)
class GoldToken:
    """A surface token: its words, whose texts joined are its own, and whether a space follows."""

    words: tuple[str, ...]
    space_after: bool = True

    @property
    def text(self) -> str:
        """The surface form."""
        return "".join(self.words)

    @property
    def bare(self) -> str:
        """The form that the models read."""
        return bare(self.text)

    @property
    def cuts(self) -> Cuts:
        """Cut points in the bare form."""
        sizes = [size for word in self.words if (size := len(bare(word)))]
        return tuple(sum(sizes[:i]) for i in range(1, len(sizes)))


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """A sentence of a document (PUD: several sentences of one news or encyclopaedia text)."""

    document: str
    tokens: tuple[GoldToken, ...]

    @property
    def text(self) -> str:
        """The surface text."""
        return "".join(t.text + " " * t.space_after for t in self.tokens).rstrip()


def read_pud(path: Path) -> list[GoldSentence]:
    """Read PUD; runs of Arabic letters joined by SpaceAfter=No become one surface token."""
    sentences = []
    document = ""
    for comments, rows in _blocks(path):
        document = comments.get("newdoc id", document)
        sentences.append(GoldSentence(document, tuple(_pud_tokens(rows))))
    return sentences


def read_padt(path: Path) -> list[GoldSentence]:
    """Read PADT without vowel marks, with clitics joined to their hosts; rows without a form are left out."""
    sentences = []
    for comments, rows in _blocks(path):
        document = comments.get("orig_file_sentence", "").partition("#")[0]
        tokens = tuple(_padt_tokens([row for row in rows if bare(row[1])]))
        if tokens:
            sentences.append(GoldSentence(document, tokens))
    return sentences


def split_by_document(
    sentences: list[GoldSentence], seed: int, share: float = HELD_OUT
) -> tuple[list[GoldSentence], list[GoldSentence]]:
    """Training and held-out sentences; no document is in both, and order is kept."""
    documents = sorted({s.document for s in sentences})
    random.Random(seed).shuffle(documents)
    held_out = set(documents[: round(len(documents) * share)])
    return (
        [s for s in sentences if s.document not in held_out],
        [s for s in sentences if s.document in held_out],
    )


def cut_examples(sentences: Iterable[GoldSentence]) -> dict[str, Counter[Cuts]]:
    """For each bare Arabic form how often it is cut where."""
    examples: dict[str, Counter[Cuts]] = defaultdict(Counter)
    for sentence in sentences:
        for token in sentence.tokens:
            if is_plain(token.bare):
                examples[token.bare][token.cuts] += 1
    return examples


def is_joined_in_padt(form: str, ways: Counter[Cuts]) -> bool:
    """Whether PADT leaves this form whole though it ends like a pronoun that the release often fails to split."""
    return not ways.most_common(1)[0][0] and form.endswith(_JOINED_IN_PADT)


def _blocks(path: Path) -> Iterator[tuple[dict[str, str], list[list[str]]]]:
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = block.splitlines()
        comments = dict(_comment(line) for line in lines if line.startswith("#"))
        rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
        if rows:
            yield comments, rows


def _comment(line: str) -> tuple[str, str]:
    name, mark, value = line[1:].partition("=")
    if mark:
        return name.strip(), value.strip()
    name, _, value = line[1:].strip().partition(" ")
    return name, value


def _pud_tokens(rows: Iterable[list[str]]) -> Iterator[GoldToken]:
    words: list[str] = []
    for row in rows:
        form, space = row[1], "SpaceAfter=No" not in row[9].split("|")
        if words and not (_is_arabic(form) and _is_arabic(words[-1])):
            yield GoldToken(tuple(words), space_after=False)
            words = []
        words.append(form)
        if space:
            yield GoldToken(tuple(words))
            words = []
    if words:
        yield GoldToken(tuple(words))


def is_plain(form: str) -> bool:
    """Whether a bare form is made of the letters of Arabic only."""
    return _PLAIN.fullmatch(form) is not None


def _is_arabic(form: str) -> bool:
    return is_plain(bare(form))


def _padt_tokens(rows: list[list[str]]) -> Iterator[GoldToken]:
    words: list[str] = []
    for i, row in enumerate(rows):
        form = bare(row[1])
        if words and words[-1] == "ل" and form.startswith("ال"):
            form = form[1:]
        words.append(form)
        following = rows[i + 1] if i + 1 < len(rows) else None
        if following is not None and _is_suffix(following) and _is_arabic(form):
            words[-1] = form[:-1] + _JOINT_SPELLINGS.get(form[-1], form[-1])
        elif following is None or not (form in PROCLITICS and row[3] in _PROCLITIC_POS and _is_arabic(following[1])):
            yield GoldToken(tuple(words))
            words = []


def _is_suffix(row: list[str]) -> bool:
    return row[4].startswith("SP") and bare(row[1]) in cut_words().behind[1:]
