"""The ner stage: a tagger, then the linker, one document after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.linking import Linker
    from schemas.document import Document


class Tagger(Protocol):
    """Annotates one document with unlinked entities."""

    version: str

    def annotate(self, document: Document) -> None:
        """Fill entities and parts of speech in place."""
        ...


class NerStage:
    """Fills ``document.entities``, the words' ``upos`` and ``document.signals``."""

    name = "ner"

    def __init__(self, tagger: Tagger, linker: Linker, code: str = "") -> None:
        """Take a loaded tagger, a loaded linker, and the digest of the code and lexicon that they work with."""
        self._tagger, self._linker = tagger, linker
        self.version = "-".join(filter(None, [tagger.version, code]))

    def __call__(self, documents: Sequence[Document]) -> list[Document]:
        """Annotate the documents; none has a part in what another gets."""
        for document in documents:
            self._tagger.annotate(document)
            self._linker.link(document)
            document.versions[self.name] = self.version
        return list(documents)
