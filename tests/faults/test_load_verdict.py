"""What counts as steady memory, on samples made by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

FIELD = "rss_mib_ner"


def samples(curve, minutes=60, every=5.0):
    """``curve(share of the run)`` MiB, with quiet samples before and after that are not judged."""
    count = int(minutes * 60 / every)
    fed = [{"seconds": 20 + every * n, "phase": "feed", FIELD: curve(n / count)} for n in range(count + 1)]
    return [{"seconds": 0.0, "phase": "warm-up", FIELD: 1.0}, *fed, {"seconds": 1e6, "phase": "drain", FIELD: 900.0}]


@pytest.mark.parametrize(
    ("curve", "steady"),
    [
        (lambda _: 100.0, True),
        (lambda share: 100 + 5 * share, True),  # 4.5 after the warm-up
        (lambda share: 100 + 7 * share, False),
        (lambda share: 100 - 7 * share, False),
        (lambda share: 100 + 50 * (share < 0.09), True),  # the warm-up
        (lambda share: 100 + 50 * (0.5 < share < 0.504), True),  # some seconds
        (lambda share: 100 + 50 * (0.5 < share < 0.54), False),  # more than two minutes
        (lambda share: 100 + 6 * (share > 0.96), False),  # a late step
    ],
)
def test_steady(curve, steady):
    from load_verdict import fed
    from load_verdict import steady as judged

    assert judged(fed(samples(curve)), "ner") is steady


def test_a_short_run_has_windows_too():
    from load_verdict import fed, window_medians

    assert len(window_medians(fed(samples(lambda _: 100.0, minutes=60)), FIELD)) == 54
    assert len(window_medians(fed(samples(lambda _: 100.0, minutes=1, every=1.0)), FIELD)) == 9
