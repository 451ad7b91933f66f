"""What must not stand in any tracked file."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNFINISHED = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "X" * 3 + r"\b", "NotImplemented" + "Error"]))
HOSTS = re.compile(
    r"https?://[a-z0-9.-]*(" + "|".join(["py" + "pi", "python" + "hosted", "npm" + "js", "mav" + "en"]) + ")",
    re.IGNORECASE,
)
LONGEST_MODULE = 400


def tracked(*patterns):
    done = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def readable(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_unfinished_marks():
    assert [p.name for p in tracked("*.py") if UNFINISHED.search(readable(p))] == []


def test_no_registry_hosts():
    assert [p.name for p in tracked() if p.suffix != ".onnx" and HOSTS.search(readable(p))] == []


def test_modules_are_short():
    assert {p.name: n for p in tracked("*.py") if (n := len(readable(p).splitlines())) > LONGEST_MODULE} == {}
