"""What the journal remembers across deaths of the process."""

from __future__ import annotations

import pytest

from agents.stage.journal import LONELY_DEATHS, Journal


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal"


def die_with(path, positions):
    """A process that died with these in hand: nobody called finish."""
    Journal(path).begin(positions)


def test_a_first_start_suspects_nobody(path):
    assert not Journal(path).is_suspect("t/0/1")


def test_all_records_in_hand_are_suspects_after_a_death(path):
    die_with(path, ["t/0/1", "t/0/2"])
    journal = Journal(path)
    assert journal.is_suspect("t/0/1")
    assert journal.is_suspect("t/0/2")
    assert not journal.is_suspect("t/0/3")


def test_deaths_in_company_prove_nothing(path):
    for _ in range(10):
        die_with(path, ["t/0/1", "t/0/2"])
    assert not Journal(path).is_poison("t/0/1")


def test_lonely_deaths_make_poison(path):
    for deaths in range(1, LONELY_DEATHS + 1):
        die_with(path, ["t/0/1"])
        assert Journal(path).is_poison("t/0/1") == (deaths == LONELY_DEATHS)


def test_a_start_without_work_counts_no_further_death(path):
    die_with(path, ["t/0/1"])
    for _ in range(10):
        Journal(path)
    assert not Journal(path).is_poison("t/0/1")


def test_who_waited_for_a_service_is_not_suspected(path):
    journal = Journal(path)
    journal.begin(["t/0/1"])
    journal.absolve()
    assert not Journal(path).is_suspect("t/0/1")


def test_done_is_forgotten(path):
    die_with(path, ["t/0/1", "t/0/2"])
    Journal(path).finish(["t/0/1"])
    journal = Journal(path)
    assert not journal.is_suspect("t/0/1")
    assert journal.is_suspect("t/0/2")


@pytest.mark.parametrize(
    "left", [b"", b"\n", b"nonsense", b"[]", b'{"in_hand": 3, "deaths": {}}', b'{"in_hand":[],"deaths":{"a":[]}}']
)
def test_a_damaged_file_counts_as_none(path, left):
    path.write_bytes(left)
    assert not Journal(path).is_suspect("a")


def test_a_shorter_state_does_not_leave_the_end_of_a_longer_one(path):
    journal = Journal(path)
    journal.begin([f"t/0/{n}" for n in range(100)])
    journal.begin(["t/0/1"])
    assert not Journal(path).is_suspect("t/0/50")
