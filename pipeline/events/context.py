"""What surrounds a trigger: one view over a sentence that rules and models read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.events.particles import particles

if TYPE_CHECKING:
    from pipeline.events.phrases import Phrase
    from pipeline.events.tokens import Token
    from pipeline.events.triggers import Match
    from schemas.annotations import Quote

SURE: Final = "sure"
"""Frame of a phase cue that decides alone where it governs a trigger (pipeline/lexicon/phases.toml)."""


@dataclass(slots=True)
class SentenceView:
    """A sentence with its tokens, triggers and noun phrases; ``index`` 0 is the headline."""

    index: int
    tokens: list[Token]
    matches: list[Match]
    phrases: list[Phrase]
    quotes: list[Quote] = field(default_factory=list)
    """Quotes whose content or speaker touches the sentence."""
    cues: list[Match] = field(default_factory=list)
    """Phase cues; looked up only where there is a trigger."""
    unlisted: list[tuple[Match, float]] = field(default_factory=list)
    """Triggers that only the encoder knows, with its score."""
    in_phrase: set[int] = field(default_factory=set)
    """Tokens that belong to a noun phrase."""
    light: set[int] = field(default_factory=set)
    """Tokens that only carry the act that follows (عقد in عقد لقاء)."""
    cue_at: dict[int, Match] = field(default_factory=dict)
    """Last token of each cue that names a phase (no negation, no hypothesis)."""
    cue_phases: dict[int, str] = field(default_factory=dict)
    """Token index to the phase that it is a cue of."""

    def word(self, index: int) -> str:
        """Folded word at a token index without proclitics; ``<`` and ``>`` beyond the sentence."""
        if index < 0:
            return "<"
        if index >= len(self.tokens):
            return ">"
        core = self.tokens[index].core_folded
        return "#" if core.isdigit() else core

    def tag(self, index: int) -> str:
        """Part of speech at a token index; empty beyond the sentence and where no tagger ran."""
        return self.tokens[index].upos if 0 <= index < len(self.tokens) else ""

    def is_located(self, phrase: Phrase) -> bool:
        """Whether a preposition or noun of place governs the phrase."""
        return phrase.clitics.endswith(affixes().by) or self.word(phrase.first - 1) in particles().places

    def is_second_nationality(self, at: int) -> bool:
        """Whether phrase ``at`` is a nationality right behind another, which has the same part: قمة تركية مصرية."""
        if not at:
            return False
        before, phrase = self.phrases[at - 1], self.phrases[at]
        return before.label == phrase.label == "nisba" and before.last + 1 == phrase.first and not phrase.clitics

    def quote_at(self, offset: int) -> Quote | None:
        """The innermost quote whose content covers the offset."""
        covering = [q for q in self.quotes if q.content.start <= offset < q.content.end]
        return min(covering, key=lambda q: q.content.end - q.content.start, default=None)
