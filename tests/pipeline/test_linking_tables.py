"""Tables: an entity in a sentence and who it is; a noun phrase in a sentence and who it is."""

from __future__ import annotations

import pytest
from linking_support import read, rows

from pipeline import linking

ENTITIES = rows("linking_entities.tsv")
PHRASES = rows("linking_phrases.tsv")


@pytest.fixture(scope="module")
def linker():
    return linking.load()


@pytest.mark.parametrize("row", ENTITIES)
def test_entity(linker, row):
    date, sentence, name, country, entity_id = row
    marked = read(sentence, date)
    linker.link(marked.document)
    assert (marked.target.name, str(marked.target.country)) == (name, country)
    if entity_id != "-":
        assert marked.target.entity_id == entity_id


@pytest.mark.parametrize("row", PHRASES)
def test_phrase(linker, row):
    date, sentence, name, country, how = row
    marked = read(sentence, date)
    linker.link(marked.document)
    found = linker.resolve(marked.document, marked.start, marked.end)
    assert (found.name, str(found.country), found.how) == (name, country, how)


def test_tables_are_large():
    assert len(ENTITIES) + len(PHRASES) >= 150
