"""Stanza's published Arabic models behind the ner stage's interface: ``KHABAR_NLP_MODELS=stanza``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from pipeline.nlp.hub import published
from schemas.annotations import Entity

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.annotations import EntityType, Word
    from schemas.document import Document

TYPES: Final = {"PER": "PER", "PERS": "PER", "LOC": "LOC", "ORG": "ORG", "MIS": "MISC", "MISC": "MISC"}
PROCESSORS: Final = "tokenize,pos,ner"


class PublishedTagger:
    """Entities and parts of speech by Stanza's models; there are no signals of other heads.

    The models get the words of the tokenise stage, so entities leave clitics out as Khabar's own do.
    """

    def __init__(self, threads: int = 1, folder: Path | None = None) -> None:
        """Load the published models, from Stanza's own folder or another.

        Raises:
            ModelMissingError: Stanza, or its Arabic models, are not installed; the message says how to get them.
        """
        self._pipeline, self.version = published(PROCESSORS, threads, folder, tokenize_pretokenized=True)

    def annotate(self, document: Document) -> None:
        """Fill ``entities`` and the words' ``upos`` in place."""
        words = [sentence.words for sentence in document.sentences if sentence.words]
        document.signals, document.entities = None, []
        if not words:
            return
        parsed = self._pipeline([[word.text for word in sentence] for sentence in words])
        text = document.text
        for ours, theirs in zip(words, parsed.sentences, strict=True):
            for word, tagged in zip(ours, theirs.words, strict=True):
                word.upos = tagged.upos or ""
            document.entities += [_entity(text, ours, found) for found in theirs.ents]


def _entity(text: str, words: list[Word], found: Any) -> Entity:  # noqa: ANN401 (Stanza has no types)
    start, end = words[found.tokens[0].id[0] - 1].start, words[found.tokens[-1].id[0] - 1].end
    kind = cast("EntityType", TYPES.get(found.type, "MISC"))
    return Entity(start=start, end=end, text=text[start:end], type=kind)
