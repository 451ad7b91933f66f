"""Gazetteer and entity linking: who an entity, a title or a noun phrase of an article is.

linker = pipeline.linking.load()
linker.link(document)                            # fills document.entities in place (ner calls it)
linker.resolve(document, span_start, span_end)   # who a noun phrase is (quotes and events call it)
"""

from __future__ import annotations

from pipeline.linking.linker import Linker, load
from pipeline.linking.records import Entry, Resolution, Tenure
from pipeline.linking.titles import Office, Titles, load_titles

__all__ = ["Entry", "Linker", "Office", "Resolution", "Tenure", "Titles", "load", "load_titles"]
