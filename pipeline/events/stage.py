"""The events stage: a pure function over documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline import linking
from pipeline.events.assemble import Assembler
from pipeline.events.decode import Decoder, load_models
from pipeline.events.ontology import load_ontology
from pipeline.events.settings import load_settings
from pipeline.events.signals import SignalIndex
from pipeline.events.unlisted import unlisted_triggers
from pipeline.events.views import load_finders, prepare, views_of
from pipeline.version import LANGUAGE, package_digest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.events.context import SentenceView
    from schemas.document import Document

PARTS: Final = ("events", "models/events", "linking", *LANGUAGE)
"""The code and data that decide what this stage finds."""


class EventsStage:
    """Fills ``document.events``; reads sentences, entities, signals and quotes."""

    name = "events"

    def __init__(self, extra: Path | None = None) -> None:
        """Read lexicon, ontology, weights and gazetteer; ``extra`` as in :func:`pipeline.events.load`."""
        self.finders = load_finders(extra)
        self.models = load_models()
        self.settings = load_settings()
        self._ontology = load_ontology(extra)
        self._linker = linking.load()
        self.version = package_digest(*PARTS, *([extra.resolve()] if extra else []))

    def __call__(self, documents: Sequence[Document]) -> list[Document]:
        """Annotate each document by itself."""
        for document in documents:
            self._annotate(document)
        return list(documents)

    def _annotate(self, document: Document) -> None:
        signals = SignalIndex(document.signals) if document.signals else None
        decoder = Decoder(self.models, self.settings, signals)
        assembler = Assembler(document, self._linker, self._ontology, self.settings)
        document.events = []
        for view in views_of(document, self.finders):
            if signals is not None:
                self._add_unlisted(view, signals)
            if view.matches or view.unlisted:
                document.events += assembler.events(view, decoder.drafts(view))
        document.versions["events"] = self.version

    def _add_unlisted(self, view: SentenceView, signals: SignalIndex) -> None:
        least, kinds = self.settings.unlisted, self._ontology.kinds
        view.unlisted = unlisted_triggers(view.tokens, view.matches, signals, kinds, least)
        if view.unlisted and not view.matches:
            prepare(view, self.finders)
