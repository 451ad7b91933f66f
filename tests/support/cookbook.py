"""The questions of docs/analysts.md; run as a script, it prints their answers anew into the page.

    python tests/support/cookbook.py

starts an engine of its own, and puts the rows of the sample articles into it.
"""

from __future__ import annotations

import re
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "analysts.md"
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


def load_samples(settings):
    """Analyse the sample articles with the models of this checkout and store their rows."""
    from agents.clickhouse.client import connect
    from agents.clickhouse.migrate import migrate
    from agents.sink.rows import TABLES, rows_of
    from pipeline.analyse import analyse, load_stages
    from schemas.intake import open_document

    now = datetime.now(UTC)
    lines = (ROOT / "agents" / "samples" / "articles.jsonl").read_bytes().splitlines()
    documents = analyse([open_document(line, int(now.timestamp() * 1000)) for line in lines], load_stages())
    migrate(settings)
    with closing(connect(settings)) as client:
        for table in TABLES:
            rows = [row for document in documents for row in rows_of(document, now)[table]]
            client.insert(table, [list(row.values()) for row in rows], column_names=list(rows[0]))


def main():
    from agents.clickhouse.client import connect
    from agents.settings import Settings
    from support.engine import EngineProcess

    with tempfile.TemporaryDirectory() as folder:
        engine = EngineProcess(Path(folder))
        engine.start()
        try:
            engine.wait_until_serving()
            settings = Settings(clickhouse_url=engine.url)
            load_samples(settings)
            with closing(connect(settings, "analyst")) as client:
                refresh(lambda sql: client.raw_query(sql, fmt="Markdown").decode())
        finally:
            engine.stop()


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    main()
