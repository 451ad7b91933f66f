"""UD treebanks: the part of speech of a surface word's stem and how many clitic letters stand before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.encoder.heads import MOST_CLITIC_LETTERS, UPOS
from pipeline.encoder.words import surface_words, visible
from pipeline.training.corpora import Annotated, shared

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Token = tuple[str, str]
"""Form and UPOS; an empty UPOS is not to be learnt."""
PROCLITICS: Final = frozenset("وفبلكسأ")
SENTENCES_A_TEXT: Final = 10


def rows(path: Path) -> Iterator[list[list[str]]]:
    """Sentences of a CoNLL-U file: the columns of each word."""
    for block in path.read_text(encoding="utf8").split("\n\n"):
        lines = [line.split("\t") for line in block.splitlines() if line and not line.startswith("#")]
        if lines:
            yield [columns for columns in lines if columns[0].isdigit()]


def pud_words(sentence: list[list[str]]) -> Iterator[list[Token]]:
    """Runs of tokens without space between; punctuation stays by itself."""
    run: list[Token] = []
    for columns in sentence:
        if run and (columns[3] == "PUNCT" or run[-1][1] == "PUNCT"):
            yield run
            run = []
        run.append((columns[1], columns[3]))
        if "SpaceAfter=No" not in columns[9]:
            yield run
            run = []
    if run:
        yield run


def padt_words(sentence: list[list[str]]) -> Iterator[list[Token]]:
    """PADT has no surface text: one-letter particles join the next word, object and possessive pronouns the last."""
    run: list[Token] = []
    for columns in sentence:
        form = visible(columns[1]).replace("\u0671", "\u0627")
        attached = columns[4].startswith("SP") and columns[4][8:9] in {"2", "4"}
        open_run = bool(run) and run[-1][0] in PROCLITICS and run[-1][1] in {"ADP", "CCONJ", "SCONJ", "PART"}
        if run and not attached and not open_run:
            yield run
            run = []
        run.append((form, _padt_upos(columns)))
    if run:
        yield run


def _padt_upos(columns: list[str]) -> str:
    """UD v1 to v2; PADT tags names as nouns or X, so words with a capital in the gloss are not learnt from it."""
    gloss = columns[9].split("Gloss=")[-1][:1]
    if columns[3] == "X" or (columns[3] in {"NOUN", "PROPN"} and gloss.isupper()):
        return ""
    if columns[3] == "CONJ":
        return "SCONJ" if columns[7] == "mark" else "CCONJ"
    return columns[3]


def joined(run: list[Token]) -> str:
    """The surface form: ل + ال is written لل, ة before a pronoun ت, ى before a pronoun ي or ا."""
    text = ""
    for i, (form, _) in enumerate(run):
        pronoun = i > 0 and run[i][1] == "PRON"
        if pronoun and text.endswith("ة"):
            text = text[:-1] + "ت"
        elif pronoun and text.endswith("ى"):
            text = text[:-1] + ("ي" if run[i - 1][1] == "ADP" else "ا")
        text += form[1:] if text.endswith("ل") and len(text) <= 2 and form.startswith("ال") else form  # noqa: PLR2004
    return text


def stem(run: list[Token]) -> int:
    """Index of the stem: the longest form, the first of equals."""
    return max(range(len(run)), key=lambda i: (len(run[i][0]), -i))


def clitic_letters(run: list[Token]) -> int:
    """Letters before the stem; the merged لل is not cut between its two letters."""
    letters = sum(len(form) for form, _ in run[: stem(run)])
    surface = joined(run)
    return letters - 1 if letters and surface[letters - 1 : letters + 1] == "لل" else letters


def annotated(corpus: str, sentences: list[list[list[Token]]], name: str) -> Annotated:
    """A text of some sentences of surface words."""
    words = [[w for run in sentence for w in surface_words(joined(run))] for sentence in sentences]
    found = Annotated.of(corpus, words, ["upos", "clitics"], name)
    at = 0
    for run in (run for sentence in sentences for run in sentence):
        pieces = len(list(surface_words(joined(run))))
        upos, letters = run[stem(run)][1], clitic_letters(run)
        if pieces == 1 and upos in UPOS:
            found.layers["upos"][at] = UPOS.index(upos)
            found.layers["clitics"][at] = min(letters, MOST_CLITIC_LETTERS)
        at += pieces
    return found


def treebanks() -> list[Annotated]:
    """PUD and PADT's dev part."""
    texts = []
    for corpus, file, words in (("pud", "pud.conllu", pud_words), ("padt", "padt_dev.conllu", padt_words)):
        sentences = [list(words(sentence)) for sentence in rows(shared() / "data/ud" / file)]
        starts = range(0, len(sentences), SENTENCES_A_TEXT)
        texts += [annotated(corpus, sentences[s : s + SENTENCES_A_TEXT], f"{corpus}-{s}") for s in starts]
    return texts
