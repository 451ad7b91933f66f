"""The tokenise stage: Stanza's documents turned into sentences and words of ours, with exact offsets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pipeline.tokenise.boundaries import MAX_TOKENS
from pipeline.tokenise.words import align
from schemas.annotations import Sentence, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemas.document import Document

Token = list[tuple[int, int]]
"""The words of a surface token, as slices of the text."""
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


class TokeniseStage:
    """Fills ``document.sentences``; the headline is a sentence of its own."""

    name = "tokenise"

    def __init__(self, pipeline: Any, version: str) -> None:  # noqa: ANN401 (Stanza has no types)
        """Take a Stanza pipeline that tokenises and expands, and the version of its models."""
        self._pipeline = pipeline
        self.version = version

    def __call__(self, documents: Sequence[Document]) -> list[Document]:
        """Tokenise the documents in one pass of the pipeline."""
        parsed = self._pipeline.bulk_process([document.text for document in documents]) if documents else []
        for document, found in zip(documents, parsed, strict=True):
            text = document.text
            tokens = [[_slices(text, token) for token in s.tokens] for s in found.sentences]
            document.sentences = list(_sentences(text, len(document.title), tokens))
            document.versions[self.name] = self.version
        return list(documents)


def _slices(text: str, token: Any) -> Token:  # noqa: ANN401 (Stanza has no types)
    """The offsets of a token's words, aligned by characters where the pipeline does not know them."""
    start, end = token.start_char, token.end_char
    if len(token.words) == 1:
        return [(start, end)]
    known = [(word.start_char, word.end_char) for word in token.words]
    if None not in (border for slice_ in known for border in slice_):
        return known
    return [(start + a, start + b) for a, b in align(text[start:end], [word.text for word in token.words])]


def _sentences(text: str, title_end: int, sentences: Iterable[list[Token]]) -> Iterator[Sentence]:
    headline: list[Token] = []
    for tokens in sentences:
        if tokens[-1][-1][1] <= title_end:
            if headline and (len(headline) + len(tokens) > MAX_TOKENS or _apart(text, headline, tokens)):
                yield _sentence(text, headline)
                headline = []
            headline += tokens
            continue
        if headline:
            yield _sentence(text, headline)
            headline = []
        yield _sentence(text, tokens)
    if headline:
        yield _sentence(text, headline)


def _apart(text: str, before: list[Token], after: list[Token]) -> bool:
    return _BLANK_LINE.search(text, before[-1][-1][1], after[0][0][0]) is not None


def _sentence(text: str, tokens: list[Token]) -> Sentence:
    words = [
        Word(start=start, end=end, text=text[start:end], token=number)
        for number, token in enumerate(tokens)
        for start, end in token
    ]
    return Sentence(start=words[0].start, end=words[-1].end, words=words)
