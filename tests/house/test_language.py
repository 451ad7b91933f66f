"""Linguistic knowledge is data: no Arabic stands in the pipeline's code, the script's own characters excepted."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PIPELINE = Path(__file__).parents[2] / "pipeline"
ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
ESCAPED = re.compile(r"\\u(06|07[5-7]|08[7-9a-f]|f[bcd]|fe[7-9a-e])", re.IGNORECASE)
"""The same in a raw string, as regular expressions write it."""
ALLOWED = {
    "script.py": "letters, marks, digits and punctuation of the script, for folding and for regular expressions",
    "training": "reads corpora in their own spelling and makes spelling mistakes to learn from; no part of any stage",
}
"""What of pipeline/ may hold Arabic, and why; all else reads it from pipeline/lexicon by name."""


def arabic_in(code: str) -> list[str]:
    """The strings and names with Arabic characters, docstrings and comments left out."""
    tree = ast.parse(code)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in prose]
    names = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name)]
    return [t for t in (*texts, *names) if isinstance(t, str) and (ARABIC.search(t) or ESCAPED.search(t))]


def modules():
    paths = (path.relative_to(PIPELINE) for path in sorted(PIPELINE.rglob("*.py")))
    return [path for path in paths if path.parts[0] not in ALLOWED]


@pytest.mark.parametrize("module", modules(), ids=str)
def test_no_arabic_in_code(module):
    assert arabic_in((PIPELINE / module).read_text(encoding="utf-8")) == []


def test_what_is_allowed_is_there_and_needs_it():
    for name in ALLOWED:
        files = [PIPELINE / name] if name.endswith(".py") else sorted((PIPELINE / name).rglob("*.py"))
        assert any(arabic_in(path.read_text(encoding="utf-8")) for path in files), name


@pytest.mark.parametrize(
    "code",
    [
        'X = "قال"', 'X = ("",\n    "ون")', 'X = f"{y}ها"', 'key.startswith("و")', 'X = {"a": {"ة": 1}}', "قال = 1",
        'X = "\\u0648"', 'X = re.compile(r"[\\u064B-\\u0652]")', 'match x:\n    case "ال":\n        pass',
    ],
)  # fmt: skip
def test_arabic_is_seen(code):
    assert len(arabic_in(code)) == 1


@pytest.mark.parametrize("code", ['"""قال فلان."""', 'X = 1\n"""وقال"""', "X = 1  # كما قال", 'X = "\\u200f\\ufeff"'])
def test_prose_and_signs_of_no_script_may_stand(code):
    assert arabic_in(code) == []
