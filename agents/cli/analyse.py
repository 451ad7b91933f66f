"""``khabar analyse``."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from agents.cli.command import Command
from agents.cli.errors import PARTLY, complain
from agents.cli.progress import progress_bar
from agents.cli.state import State, pass_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agents.json_lines import Line
    from pipeline.stage import Stage
    from schemas.document import Document

FILES = click.Path(exists=True, dir_okay=False, allow_dash=True)


@click.command(cls=Command)
@click.argument("files", nargs=-1, required=True, type=FILES, metavar="FILE...|-")
@pass_state
def analyse(state: State, files: tuple[str, ...]) -> int:
    """Annotate articles in this process, without Kafka and ClickHouse.

    Reads raw articles, one JSON object a line (.gz too; - is standard input), and prints one line each, in order: id,
    sentences with words, entities, quotes, events. Offsets are code points into title + two line breaks + body. The
    annotations are those that the stream gives. A bad line is named on stderr and left out.

    Examples:
      khabar analyse articles.jsonl > annotated.jsonl
      head -1 articles.jsonl | khabar analyse - | jq '.events[] | {event_type, source, target}'
      khabar analyse articles.jsonl.gz --nlp-threads 4

    Exit code: 0 when every line was annotated, 1 when some were not.
    """
    from agents.json_lines import read_lines
    from pipeline.analyse import load_stages

    settings = state.settings
    stages = load_stages(settings.nlp_models, settings.nlp_threads)
    with progress_bar(files, "annotated") as (advance, describe):
        run = Analysis(stages)
        for batch in _batches(read_lines(files, advance), settings.worker_batch):
            run.write(batch)
            describe(run.done)
    if run.bad:
        complain(f"{run.done:,} annotated, {run.bad:,} not")
    return PARTLY if run.bad else 0


class Analysis:
    """Annotates lines and counts what became of them."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        """Nothing done yet."""
        self.done = 0
        self.bad = 0
        self._stages = stages
        self._now_ms = int(time.time() * 1000)

    def write(self, lines: Sequence[Line]) -> None:
        """Annotate a batch and print it."""
        import orjson

        from pipeline.analyse import to_output

        opened = [(line, document) for line in lines if (document := self._open(line)) is not None]
        for document in self._annotate(opened):
            sys.stdout.buffer.write(orjson.dumps(to_output(document), option=orjson.OPT_APPEND_NEWLINE))
            self.done += 1
        sys.stdout.buffer.flush()

    def _open(self, line: Line) -> Document | None:
        from schemas.errors import ContractError
        from schemas.intake import open_document

        try:
            document = open_document(line.data, self._now_ms)
        except ContractError as error:
            self._refuse(line, error)
            return None
        if document.revision == self._now_ms:
            # No record, so no timestamp: the same file must give the same ids each time.
            document.revision = 0
        return document

    def _annotate(self, opened: Sequence[tuple[Line, Document]]) -> list[Document]:
        """All of a batch, or, when that fails, each alone, so that one bad article costs no other."""
        from pipeline.analyse import analyse as annotate
        from schemas.errors import ModelError

        try:
            return annotate([document for _, document in opened], self._stages)
        except ModelError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a stage raises is about one of these articles
            if len(opened) == 1:
                self._refuse(opened[0][0], error)
                return []
        return [document for one in opened for document in self._annotate([one])]

    def _refuse(self, line: Line, error: Exception) -> None:
        self.bad += 1
        complain(f"{line.place}: {type(error).__name__}: {error}")


def _batches(lines: Iterable[Line], size: int) -> Iterator[list[Line]]:
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
