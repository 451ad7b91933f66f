"""The events stage: a pure function over documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline import linking
from pipeline.events.assemble import Assembler
from pipeline.events.decode import decode, load_models
from pipeline.events.ontology import load_ontology
from pipeline.events.settings import load_settings
from pipeline.events.views import load_finders, views_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from schemas.document import Document

VERSION: Final = "1"


class EventsStage:
    """Fills ``document.events``; reads sentences, entities, signals and quotes."""

    name = "events"

    def __init__(self, extra: Path | None = None) -> None:
        """Read lexicon, ontology, weights and gazetteer; ``extra`` as in :func:`pipeline.events.load`."""
        self._ontology = load_ontology(extra)
        self.finders = load_finders(extra)
        self.models = load_models()
        self._settings = load_settings()
        self._linker = linking.load()
        self.version = VERSION

    def __call__(self, documents: Sequence[Document]) -> list[Document]:
        """Annotate each document by itself."""
        for document in documents:
            self._annotate(document)
        return list(documents)

    def _annotate(self, document: Document) -> None:
        assembler = Assembler(document, self._linker, self._ontology, self._settings)
        document.events = []
        for view in views_of(document, self.finders):
            if view.matches:
                drafts = decode(view, self.models, self._settings)
                document.events += assembler.events(view, drafts)
        document.versions["events"] = self.version
