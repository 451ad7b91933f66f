"""Every acknowledged article against ClickHouse and the dead letters, by id."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from support.kafka import read

from agents.dead_letters import read_letters
from schemas.topics import EVENTS


@dataclass
class Balance:
    """The end of a run."""

    articles: int
    stored: int
    dead_letters: int
    lost: set
    unexpected: set
    """In the dead letters without reason, or stored although doomed."""
    visible_duplicates: int
    hidden_duplicates: int

    @property
    def holds(self):
        return not self.lost and not self.unexpected and self.visible_duplicates == 0


def reconcile(world, feed):
    stored = {row[0] for row in world.rows("SELECT article_id FROM current_articles")}
    letters = Counter(letter.key.decode() for letter in read_letters(world.settings))
    views = ("current_articles", "article_id"), ("current_events", "event_id"), ("current_quotes", "quote_id")
    visible = sum(world.rows(f"SELECT count() - uniqExact({key}) FROM {view}")[0][0] for view, key in views)
    missing_events = stored - {row[0] for row in world.rows("SELECT article_id FROM current_events")}
    records = read(world.settings, EVENTS, lambda _: False, timeout=5)
    return Balance(
        articles=len(feed.acknowledged),
        stored=len(stored),
        dead_letters=len(letters),
        lost=(feed.acknowledged - stored - set(letters)) | missing_events,
        unexpected=(set(letters) ^ feed.doomed) | (stored & feed.doomed),
        visible_duplicates=visible,
        hidden_duplicates=len(records) - len(stored) - feed.repeats,
    )
