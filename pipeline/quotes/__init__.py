"""Quotes: who said what, in direct, indirect and mixed speech.

``load()`` gives the stage; how it works stands in docs/quotes.md.
"""

from __future__ import annotations

from pipeline.quotes.stage import QuotesStage, load

__all__ = ["QuotesStage", "load"]
