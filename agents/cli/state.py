"""What the commands share: the flags that were given, and the settings read from them, late."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from agents.settings import Settings


@dataclass
class State:
    """One run of the command line."""

    flags: dict[str, str] = field(default_factory=dict)
    debug: bool = False

    @cached_property
    def settings(self) -> Settings:
        """The settings; raises ConfigurationError when one of them cannot be used."""
        from agents.setting_sources import load

        return load(self.flags)


pass_state = click.make_pass_decorator(State, ensure=True)
