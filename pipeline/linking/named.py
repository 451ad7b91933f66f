"""What places and organisations have in common: the longest names are linked first, so that short forms follow them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.linking.context import Context
    from pipeline.linking.lexicon import Lexicon
    from pipeline.linking.mentions import Link, Mention


class Named(ABC):
    """Links the names of one type in one article."""

    def __init__(self, lexicon: Lexicon, context: Context) -> None:
        """Take what is known of the world and of the article."""
        self._gazetteer = lexicon.gazetteer
        self._bodies = lexicon.bodies
        self._context = context

    def link(self, mentions: Sequence[Mention]) -> None:
        """Link all mentions."""
        for mention in sorted(mentions, key=lambda m: (-len(m.parts), m.first)):
            mention.link = self._of(mention, mentions)

    @abstractmethod
    def _of(self, mention: Mention, mentions: Sequence[Mention]) -> Link:
        """Link one mention; longer ones of ``mentions`` have their links."""
