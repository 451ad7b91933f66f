"""Events, laws, agreements and works (MISC): by the fullest form of the article, with the state they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.linking.mentions import Link, Mention, contains

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.linking.context import Context
    from pipeline.linking.phrases import Phrases


class Works:
    """Links the works of one article."""

    def __init__(self, phrases: Phrases, context: Context) -> None:
        """Take the words that tell a state's works from the world's, and what the article says of countries."""
        self._phrases = phrases
        self._context = context

    def link(self, mentions: Sequence[Mention]) -> None:
        """Link all mentions, the longest first, so that short forms can follow them."""
        for mention in sorted(mentions, key=lambda m: (-len(m.parts), m.first)):
            longer = [m for m in mentions if m.link and len(m.parts) > len(mention.parts)]
            same = [m for m in longer if contains(m.parts, mention.parts)]
            mention.link = same[0].link if same else Link(mention.clean, country=self._country(mention))

    def _country(self, mention: Mention) -> str | None:
        if mention.parts[0] in self._phrases.international:
            return None
        inside = {
            p.country for p in self._context.places_in(mention.first, mention.last) if p.country and not p.doubtful
        }
        if inside:
            return inside.pop() if len(inside) == 1 else None
        if mention.parts[0] in self._phrases.national:
            return self._context.about(mention.first) or None
        return None
