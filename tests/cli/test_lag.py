"""``khabar lag``: sums, limits, JSON."""

from __future__ import annotations

import orjson
import pytest

from agents.cli.lag import duration
from agents.lag import PartitionLag

ROWS = [
    PartitionLag("tokenise", "articles.raw", 0, 10, 12, 2, 400.0),
    PartitionLag("tokenise", "articles.raw", 1, 10, 15, 5, 3.0),
    PartitionLag("sink", "articles.events", 0, 7, 7, 0, 0.0),
]


@pytest.fixture(autouse=True)
def reader(monkeypatch):
    monkeypatch.setattr("agents.lag.LagReader.read", lambda *_: ROWS)


def test_a_line_a_stage(khabar):
    out = khabar("lag").out
    tokenise = next(line for line in out.splitlines() if "tokenise" in line)
    assert [cell.strip() for cell in tokenise.strip("│").split("│")] == [
        "tokenise",
        "articles.raw",
        "2",
        "7",
        "6.7 min",
    ]
    assert "sink" in out


def test_a_line_a_partition(khabar):
    assert khabar("lag", "--partitions").out.count("articles.raw") == 2


def test_json_is_one_object_a_partition(khabar):
    rows = [orjson.loads(line) for line in khabar("lag", "--json").out.splitlines()]
    assert rows[1] == {
        "stage": "tokenise",
        "topic": "articles.raw",
        "partition": 1,
        "committed": 10,
        "end": 15,
        "lag_messages": 5,
        "lag_seconds": 3.0,
    }


@pytest.mark.parametrize(
    ("limits", "code", "said"),
    [
        ([], 0, ""),
        (["--max-messages", "7"], 0, ""),
        (["--max-messages", "6"], 1, "tokenise is 7 records behind, more than 6"),
        (["--max-seconds", "400"], 0, ""),
        (["--max-seconds", "60"], 1, "tokenise's oldest record waits since 6.7 min, longer than 60 s"),
    ],
)
def test_limits_give_an_exit_code_for_alerts(khabar, limits, code, said):
    result = khabar("lag", *limits)
    assert result.code == code
    assert said in result.err


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (0.44, "0.4 s"), (12.3, "12 s"), (119, "119 s"), (180, "3 min"), (9000, "2.5 h"), (345600, "4 d")],
)
def test_durations_for_people(seconds, text):
    assert duration(seconds) == text
