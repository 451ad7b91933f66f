"""The questions of docs/analysts.md; run as a script, it prints their answers anew into the page.

    python tests/support/cookbook.py http://127.0.0.1:8123

wants a Khabar that has run `khabar demo` and nothing else.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "analysts.md"
QUESTION = re.compile(
    r"^### (?P<title>\d+\. [^\n]+)\n(?:(?!#)[^\n]*\n)*?```sql\n(?P<sql>[^`]*)```\n(?P<answer>\n(?:\|[^\n]*\n)+)?",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Question:
    title: str
    sql: str
    columns: tuple[str, ...]
    """Of the answer that is printed on the page."""


def questions():
    return [
        Question(found["title"], found["sql"], columns_of(found["answer"] or ""))
        for found in QUESTION.finditer(PAGE.read_text("utf-8"))
    ]


def columns_of(answer):
    header = answer.strip().split("\n", 1)[0]
    return tuple(cell.strip() for cell in header.strip("|").split("|")) if header else ()


def refresh(ask):
    """Put ``ask(sql)``, a Markdown table, behind each question."""

    def answered(found):
        kept = found[0].removesuffix(found["answer"] or "")
        return f"{kept}\n{ask(found['sql']).strip()}\n"

    PAGE.write_text(QUESTION.sub(answered, PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(PAGE.parents[1]))
    from agents.clickhouse.client import connect
    from agents.settings import Settings

    client = connect(Settings(clickhouse_url=sys.argv[1]), "analyst")
    refresh(lambda sql: client.raw_query(sql, fmt="Markdown").decode())
