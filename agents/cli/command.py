"""A click command whose examples keep their line breaks in the help."""

from __future__ import annotations

import inspect
from typing import Any

import click


class Command(click.Command):
    """A command; the paragraph of its help that begins with ``Examples:`` is printed as it stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - click's own signature
        """Mark the examples for click, which takes a lone backspace for "do not wrap"."""
        super().__init__(*args, **kwargs)
        self.help = inspect.cleandoc(self.help or "").replace("\n\nExamples:", "\n\n\b\nExamples:")
