"""The ``quotes`` stage: documents with entities in, documents with quotes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.quotes.attribution import Attribution
from pipeline.quotes.logistic import load_models
from pipeline.quotes.reading import Reading, accepted
from pipeline.version import LANGUAGE, package_digest
from schemas.annotations import Quote, Span
from schemas.ids import stable_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.linking import Linker
    from pipeline.quotes.logistic import Models
    from pipeline.quotes.reading import Found
    from pipeline.quotes.speaker import Speaker
    from pipeline.stage import NlpModels
    from schemas.document import Document


class QuotesStage:
    """Finds quotes and their speakers; cheap, pure Python, no model beside a file of weights."""

    name = "quotes"

    def __init__(self, models: Models, linker: Linker) -> None:
        """Take the fitted weights and the linker that knows who a phrase is."""
        self._models = models
        self._linker = linker
        self.version = package_digest("quotes", "models/quotes", "linking", *LANGUAGE)

    def __call__(self, documents: Sequence[Document]) -> list[Document]:
        """Set each document's ``quotes`` and ``versions["quotes"]``."""
        return [self._annotate(document) for document in documents]

    def _annotate(self, document: Document) -> Document:
        reading = Reading(document)
        attribution = Attribution(reading, self._linker)
        quotes = accepted(reading, self._models)
        speakers = attribution.speakers(quotes)
        document.quotes = [
            _quote(reading, attribution, found, speaker) for found, speaker in zip(quotes, speakers, strict=True)
        ]
        document.versions[self.name] = self.version
        return document


def _quote(reading: Reading, attribution: Attribution, found: Found, speaker: Speaker | None) -> Quote:
    document, tokens, cue = reading.document, reading.scan.tokens, found.candidate.cue
    phrase = found.phrase
    return Quote(
        quote_id=stable_id(document.id, document.revision, "quote", found.kind, found.start, found.end),
        content=_span(document.text, found.start, found.end),
        kind=found.kind,
        cue=_span(document.text, tokens[cue.first].start, tokens[cue.last].end) if cue else None,
        speaker=_span(document.text, *attribution.span(phrase)) if phrase else None,
        speaker_name=speaker.name if speaker else None,
        speaker_country=speaker.country if speaker else None,
        speaker_entity_id=speaker.entity_id if speaker else "",
        speaker_role=speaker.role if speaker else "",
        resolution=speaker.how if speaker else "none",
        confidence=round(found.probability, 4),
    )


def _span(text: str, start: int, end: int) -> Span:
    return Span(start=start, end=end, text=text[start:end])


def load(models: NlpModels = "khabar", threads: int = 1) -> QuotesStage:
    """Load the stage; ``models`` and ``threads`` make no difference here, since no neural model runs in it."""
    from pipeline import linking

    del models, threads
    return QuotesStage(load_models(), linking.load())
