"""Definite nouns that stand for what the article named before: الحركة, المدينة, بلاده, المملكة, العاصمة الروسية."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.linking.mentions import bare
from pipeline.linking.records import Resolution, of_entity
from pipeline.linking.spelling import readings, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.linking.context import Context
    from pipeline.linking.lexicon import Lexicon
    from schemas.annotations import Entity
    from schemas.document import Document


class Anaphora:
    """Resolves definite nouns of one linked document."""

    def __init__(self, document: Document, lexicon: Lexicon, context: Context) -> None:
        """Take the document and what is known."""
        self._document = document
        self._lexicon = lexicon
        self._context = context

    def find(self, phrase: Sequence[str], first: int) -> Resolution | None:
        """Resolve a phrase (folded words) that begins at token ``first``; None when it is no such noun."""
        lexicon = self._lexicon.phrases
        head = next((w for w in readings(phrase[0]) if w in lexicon.heads | lexicon.places), phrase[0])
        if head in lexicon.capital and len(phrase) > 1:
            return self._capital(first, len(phrase))
        return self._lone(head, first) if len(phrase) == 1 else None

    def _lone(self, head: str, first: int) -> Resolution | None:
        lexicon = self._lexicon.phrases
        if head in lexicon.heads | lexicon.places:
            return self._named_before(head, first, "ORG" if head in lexicon.heads else "LOC")
        state = ""
        if head in lexicon.own_state:
            state = self._context.about(first)
        elif head in lexicon.kingdom:
            state = max(lexicon.kingdoms, key=lambda code: self._context.evidence[code])
        elif head in lexicon.sultanate:
            state = "OMN"
        return self._lexicon.state(state, "context")

    def _capital(self, first: int, length: int) -> Resolution | None:
        countries = [p.country for p in self._context.places_in(first, first + length) if p.country]
        entry = self._lexicon.gazetteer.entries.get(f"capital:{countries[0]}") if countries else None
        if entry is None:
            return None
        return Resolution(entry.name, entry.name_en, entry.country, entry.entity_id, "capital", "place")

    def _named_before(self, head: str, first: int, kind: str) -> Resolution | None:
        """Find the nearest entity before whose name begins with the noun."""
        offset = self._context.tokens[first].start
        before = [e for e in self._document.entities if e.type == kind and e.start < offset and _headed(e, head)]
        return of_entity(before[-1], "body" if kind == "ORG" else "place") if before else None


def _headed(entity: Entity, head: str) -> bool:
    starts = {bare(name[0]) for name in (words(entity.name), words(entity.text)) if name}
    return bare(head) in starts
