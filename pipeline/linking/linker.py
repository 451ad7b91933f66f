"""The linker: entities of a document to who they are, and noun phrases to actors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.linking.context import Context
from pipeline.linking.lexicon import Lexicon
from pipeline.linking.locations import Locations
from pipeline.linking.mentions import Link, Mention
from pipeline.linking.offices import Offices
from pipeline.linking.organisations import Organisations
from pipeline.linking.people import People
from pipeline.linking.resolver import Resolver
from pipeline.linking.works import Works
from schemas.ids import stable_id

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.linking.records import Resolution
    from schemas.document import Document


class Linker:
    """Links a document's entities and resolves its noun phrases."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Take the lexicon; :func:`load` reads it."""
        self.lexicon = lexicon
        self._latest: tuple[Document, int, Resolver] | None = None

    def link(self, document: Document) -> None:
        """Fill name, name_en, country, entity_id, role, its dates and mention_id of each entity, in place."""
        context = Context(document, self.lexicon.gazetteer)
        mentions = [Mention.of(entity, context) for entity in document.entities]
        named = [m for m in mentions if m.parts]
        kinds = {kind: [m for m in named if m.entity.type == kind] for kind in ("PER", "LOC", "ORG", "MISC")}
        offices = Offices(self.lexicon, context, [m.entity for m in kinds["PER"]])
        Locations(self.lexicon, context).link(kinds["LOC"])
        Organisations(self.lexicon, context).link(kinds["ORG"])
        People(self.lexicon.gazetteer, context, offices).link(kinds["PER"], kinds["ORG"])
        Works(self.lexicon.phrases, context).link(kinds["MISC"])
        for mention in mentions:
            _fill(mention, document)
        self._latest = None

    def resolve(self, document: Document, span_start: int, span_end: int) -> Resolution:
        """Say who the noun phrase ``document.text[span_start:span_end]`` is; ``document`` must be linked."""
        return self._resolver(document).resolve(span_start, span_end)

    def _resolver(self, document: Document) -> Resolver:
        """Give the resolver of the document; the latest one is kept, for a stage asks many times about one article."""
        latest = self._latest
        if latest and latest[0] is document and latest[1] == len(document.entities):
            return latest[2]
        resolver = Resolver(document, self.lexicon)
        self._latest = (document, len(document.entities), resolver)
        return resolver


def _fill(mention: Mention, document: Document) -> None:
    entity, link = mention.entity, mention.link or Link(mention.entity.text)
    entity.name = link.name or entity.text
    entity.name_en = link.name_en
    entity.country = link.country
    entity.entity_id = link.entity_id
    entity.role, entity.role_from, entity.role_to = link.role, link.role_from, link.role_to
    entity.mention_id = stable_id(document.id, document.revision, "mention", entity.start, entity.end)


def load(*extra: Path) -> Linker:
    """Load the gazetteer of the package and the ``extra`` gazetteer files (docs/gazetteer.md)."""
    return Linker(Lexicon.load(*extra))
