"""Runs the command line in this process, away from the user's own settings."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest

from agents.cli import run
from agents.cli.state import State


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """No setting from outside, an empty working folder."""
    for name in list(os.environ):
        if name.startswith("KHABAR_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def khabar(capfdbinary):
    """Run ``khabar`` with arguments."""

    def call(*args):
        code = run([str(arg) for arg in args], State())
        captured = capfdbinary.readouterr()
        return Result(code, captured.out.decode(), captured.err.decode())

    return call
