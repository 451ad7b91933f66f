"""Places: by the gazetteer, by what they lie in, or by the article's own longer name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.linking.mentions import Link, Mention, contains, glossed
from pipeline.linking.named import Named
from pipeline.linking.spelling import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.linking.records import Entry


class Locations(Named):
    """Links the places of one article."""

    def _of(self, mention: Mention, mentions: Sequence[Mention]) -> Link:
        entry = self.entry(mention.clean, mention.last)
        if entry:
            role = entry.kind if entry.kind in {"country", "capital"} else ""
            return Link(entry.name, entry.name_en, entry.country, entry.entity_id, role, entry=entry)
        return self._by_article(mention, mentions) or self._new(mention)

    def entry(self, name: str, behind: int = -1) -> Entry | None:
        """Find the gazetteer's entry for a place; of several of one name, by the adjective behind and the article."""
        for form in self._forms(name):
            found = self._gazetteer.named(form, "LOC")
            if found:
                return max(found, key=lambda e: self._score(e, behind))
        return None

    def _forms(self, name: str) -> Iterable[str]:
        yield name
        yield from glossed(name)
        parts = words(name)
        if len(parts) > 1 and self._gazetteer.adjectives.at(parts, len(parts) - 1):
            yield " ".join(parts[:-1])
        if len(parts) == 2 and parts[0] in self._bodies.place_heads:  # noqa: PLR2004  a head and one word
            yield parts[1]

    def _score(self, entry: Entry, behind: int) -> float:
        code = entry.country or ""
        score = float(self._context.evidence[code])
        after = self._context.places_in(behind, behind + 2) if behind >= 0 else []
        if any(p.country == code for p in after):
            score += 100.0
        return score + 0.5 * (entry.kind == "country")

    def _by_article(self, mention: Mention, mentions: Sequence[Mention]) -> Link | None:
        longer = [
            m for m in mentions if m.link and len(m.parts) > len(mention.parts) and contains(m.parts, mention.parts)
        ]
        heads = self._bodies.place_heads
        fit = [m for m in longer if m.parts[-1] == mention.parts[-1] or m.parts[0] in heads]
        return min(fit, key=lambda m: abs(m.first - mention.first)).link if fit else None

    def _new(self, mention: Mention) -> Link:
        inside = [p for p in self._context.places_in(mention.first, mention.last) if p.country]
        after = [p for p in self._context.places_in(mention.last, mention.last + 3) if p.country and not p.doubtful]
        country = next((p.country for p in (*inside, *after)), "") or self._context.about(mention.first)
        return Link(mention.clean, country=country or None)
