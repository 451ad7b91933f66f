"""A worker whose clock is wrong: its results are taken and kept all the same."""

from __future__ import annotations

import time

import pytest
from support.controls import FILE_VARIABLE, Controls
from support.kafka import article, publish_articles, read
from support.workers import WorkerProcess

from schemas.topics import RAW, TOKENISED

pytestmark = pytest.mark.kafka
HOUR = 3600


@pytest.mark.parametrize("ahead", [30 * HOUR, -400 * 24 * HOUR])
def test_the_brokers_clock_counts_not_the_workers(settings, tmp_path, ahead):
    Controls(clock=ahead).write(tmp_path / "controls.json")
    publish_articles(settings, RAW, [article(number) for number in range(5)])
    worker = WorkerProcess("tokenise", settings, **{FILE_VARIABLE: str(tmp_path / "controls.json")})
    try:
        records = read(settings, TOKENISED, lambda found: len(found) == 5)
    finally:
        worker.process.kill()
        worker.process.wait(30)
    assert {record.key() for record in records} == {f"a{number}".encode() for number in range(5)}
    assert max(abs(time.time() - record.timestamp()[1] / 1000) for record in records) < HOUR
    assert "InvalidTimestampError" not in worker.text()
