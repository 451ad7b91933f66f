"""Organisations: by the gazetteer, as a body of a state, or by the article's own longer name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.linking.mentions import Link, Mention, contains, glossed
from pipeline.linking.named import Named
from pipeline.linking.spelling import joined, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.linking.bodies import Body
    from pipeline.linking.records import Entry

_OF_ONE_STATE: Final = frozenset(
    {"party", "parliament", "government", "army", "police", "court", "intelligence", "union"}
)
"""Kinds whose names recur from state to state: an entry counts only where the article names its state."""
_FOLLOWING: Final = 1
_LONGEST_NAME: Final = 4
_OF_RULERS: Final = frozenset({"government", "administration", "regime"})


class Organisations(Named):
    """Links the organisations of one article."""

    def _of(self, mention: Mention, mentions: Sequence[Mention]) -> Link:
        entry = self.entry(mention.clean)
        headed = self._headed(mention, mentions)
        if headed:
            return headed
        if entry:
            return Link(entry.name, entry.name_en, entry.country, entry.entity_id, entry.kind, entry=entry)
        body = self.body(mention.clean, mention.last)
        if body:
            return body
        return self._by_article(mention, mentions) or self._alone(mention) or self._new(mention)

    def entry(self, name: str) -> Entry | None:
        """Find the gazetteer's entry for a name, whole, without its head word, or by its gloss."""
        for form in self._forms(name):
            found = [e for e in self._gazetteer.named(form, "ORG") if self._fits(e)]
            if found:
                return max(found, key=lambda e: self._context.evidence[e.country or ""])
        return None

    def _forms(self, name: str) -> Iterable[str]:
        yield name
        yield from glossed(name)
        parts = words(name)
        while len(parts) > 1 and parts[-1] in self._bodies.org_tails:
            parts = parts[:-1]
            yield " ".join(parts)
        while len(parts) > 1 and parts[0] in self._bodies.org_heads:
            parts = parts[1:]
            yield " ".join(parts)
        if len(parts) > 1 and self._gazetteer.adjectives.at(parts, len(parts) - 1):
            yield " ".join(parts[:-1])

    def _fits(self, entry: Entry) -> bool:
        evidence = self._context.evidence
        if entry.kind not in _OF_ONE_STATE or not entry.country or evidence[entry.country] or entry.wikidata:
            return True
        return not self._context.dominant()

    def body(self, name: str, behind: int = -1) -> Link | None:
        """Read a name as a body of a state: head, then a nationality, a state or a capital, inside or right behind."""
        parts = joined(words(name))
        found = self._bodies.at(parts, 0) if parts else None
        if found is None:
            return None
        body, length = found
        country, whole = self._country_in(parts[length:], body)
        if not country and behind >= 0 and length == len(parts):
            nearby = self._context.places_in(behind, behind + _FOLLOWING)
            country = nearby[0].country if nearby and nearby[0].how in {"nisba", "country"} else ""
            whole = True
        return self._body_link(body, country, name, whole=whole) if country else None

    def body_of(self, name: str, code: str) -> Link | None:
        """Read the head of a name as a body of the state ``code``: حكومة الرئيس فلان."""
        parts = joined(words(name))
        found = self._bodies.at(parts, 0) if parts else None
        if found is None or found[0].role not in _OF_RULERS:
            return None
        return self._body_link(found[0], code, name, whole=True)

    def body_alone(self, parts: Sequence[str], index: int) -> Link | None:
        """Read a lone definite head (الحكومة) as the body of the state that the article is about at ``index``."""
        found = self._bodies.at(parts, 0)
        code = self._context.about(index)
        if found is None or found[1] != len(parts) or not code or not parts[0].startswith(affixes().article):
            return None
        return self._body_link(found[0], code, " ".join(parts), whole=True)

    def _country_in(self, parts: list[str], body: Body) -> tuple[str, bool]:
        """Give the country that the words behind a body's head name, and whether they name nothing but the state."""
        for index in range(len(parts)):
            match = self._gazetteer.adjectives.at(parts, index)
            if match and match.adjective.country:
                alone = index == 0 and match.end == len(parts)
                return match.adjective.country, alone and not match.adjective.region
            for length in range(min(_LONGEST_NAME, len(parts) - index), 0, -1):
                entry = self._gazetteer.place_names.get(" ".join(parts[index : index + length]))
                if entry and entry.country:
                    state = entry.kind == "country" or (entry.kind == "capital" and body.role in _OF_RULERS)
                    return entry.country, state and index == 0 and length == len(parts)
        return "", False

    def _body_link(self, body: Body, code: str, name: str, *, whole: bool) -> Link:
        country = self._gazetteer.countries.get(code)
        if country is None:
            return Link(name, country=code, role=body.role)
        composed = body.name_in(country, self._gazetteer.nisba_of(code)) if whole else ""
        if not composed:
            return Link(name, country=code, role=body.role)
        known = self._gazetteer.named(composed, "ORG")
        if known:
            return Link(known[0].name, known[0].name_en, code, known[0].entity_id, known[0].kind, entry=known[0])
        return Link(composed, body.english_in(country), code, f"body:{code}:{body.role}", body.role)

    def _by_article(self, mention: Mention, mentions: Sequence[Mention]) -> Link | None:
        """Follow a longer name of the article that has this one's words: الكونغرس after الكونغرس الأمريكي."""
        longer = [
            m for m in mentions if m.link and len(m.parts) > len(mention.parts) and contains(m.parts, mention.parts)
        ]
        longer = [m for m in longer if m.parts[0] == mention.parts[0] or len(mention.parts) == 1]
        before = [m for m in longer if m.first < mention.first]
        if before:
            return max(before, key=lambda m: m.first).link
        return min(longer, key=lambda m: m.first).link if longer else None

    def _headed(self, mention: Mention, mentions: Sequence[Mention]) -> Link | None:
        """Follow the same name with a head word: الجزيرة is a paper where the article has صحيفة الجزيرة."""
        heads = self._bodies.org_heads
        return next((m.link for m in mentions if m.link and m.parts[0] in heads and m.parts[1:] == mention.parts), None)

    def _alone(self, mention: Mention) -> Link | None:
        if not self._bodies.stands_alone(mention.parts):
            return None
        found = self._bodies.at(mention.parts, 0)
        code = self._context.about(mention.first)
        return self._body_link(found[0], code, mention.clean, whole=True) if found and code else None

    def _new(self, mention: Mention) -> Link:
        inside = [p for p in self._context.places_in(mention.first, mention.last) if p.country and not p.doubtful]
        after = [p for p in self._context.places_in(mention.last, mention.last + 2) if p.country and not p.doubtful]
        country = next((p.country for p in (*inside, *after)), "") or self._context.about(mention.first)
        name = " ".join(part for part in glossed(mention.clean)[:1]) or mention.clean
        return Link(name if len(name) > len(mention.clean) // 2 else mention.clean, country=country or None)
