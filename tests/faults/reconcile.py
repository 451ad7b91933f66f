"""Every acknowledged article against ClickHouse and the dead letters, by id."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from support.kafka import read

from agents.dead_letters import read_letters
from schemas.topics import EVENTS

LAYERS = {
    "current_sentences": ("sentence_count", "sentence"),
    "current_entities": ("mention_count", "mention_id"),
    "current_quotes": ("quote_count", "quote_id"),
    "current_events": ("event_count", "event_id"),
}
"""View: the column of ``articles`` that says how many rows an article has there, and what tells them apart."""


@dataclass
class Balance:
    """The end of a run."""

    articles: int
    stored: int
    dead_letters: int
    lost: set
    """Neither stored nor a dead letter, or stored without some of its rows."""
    unexpected: set
    """In the dead letters without reason, stored although doomed, in another revision than the newest, or otherwise."""
    visible_duplicates: int
    """Rows in the default views beyond what an article has."""
    hidden_duplicates: int
    """Documents in the last topic beyond what was published."""

    @property
    def holds(self):
        return not self.lost and not self.unexpected and self.visible_duplicates == 0


def reconcile(world, feed):
    newest = dict(world.rows("SELECT article_id, revision FROM current_articles"))
    stored = set(newest)
    letters = Counter(letter.key.decode() for letter in read_letters(world.settings))
    visible = world.rows("SELECT count() - uniqExact(article_id) FROM current_articles")[0][0]
    missing = set()
    for view, (count, key) in LAYERS.items():
        absent, surplus = compare(world, view, count, key)
        missing |= absent
        visible += surplus
    records = read(world.settings, EVENTS, lambda _: False, timeout=5)
    stale = {name for name in stored & set(feed.newest) if newest[name] != feed.newest[name]}
    return Balance(
        articles=len(feed.acknowledged),
        stored=len(stored),
        dead_letters=len(letters),
        lost=(feed.acknowledged - stored - set(letters)) | missing,
        unexpected=(set(letters) ^ feed.doomed) | (stored & feed.doomed) | stale,
        visible_duplicates=visible,
        hidden_duplicates=len(records) - len(stored) - feed.repeats,
    )


def compare(world, view, count, key):
    """Articles with fewer rows in the view than their own row says, and the number of rows too many."""
    sql = f"""
        SELECT article_id, any({count}), count({key}), uniqExact({key})
        FROM current_articles LEFT JOIN {view} USING (article_id)
        GROUP BY article_id
        SETTINGS join_use_nulls = 1
    """
    rows = world.rows(sql)
    return {name for name, wanted, _, ids in rows if ids < wanted}, sum(max(had - want, 0) for _, want, had, _ in rows)
