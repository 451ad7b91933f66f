"""``khabar dead-letter``: filters, counts, bytes, and what cannot be sent back."""

from __future__ import annotations

import orjson
import pytest

from agents.dead_letters import DeadLetter, RedriveReport


def letter(offset, kind, stage="ner", value=b"{", redriven=False):  # noqa: FBT002 - a record in one line
    fields = {
        "stage": stage,
        "topic": "articles.raw",
        "partition": 0,
        "offset": 9,
        "class": kind,
        "message": "why \x1b[2J",
    }
    fields["time"] = f"2025-03-04T12:00:{offset:02}Z"
    headers = tuple((f"khabar.error.{name}", str(text).encode()) for name, text in fields.items())
    return DeadLetter(1, offset, b"a1", value, headers, redriven=redriven)


LETTERS = [
    letter(2, "TooLargeError"),
    letter(1, "UndecodableError", stage="tokenise", value=b"\xff\x1b[31m"),
    letter(3, "TooLargeError", redriven=True),
]


@pytest.fixture(autouse=True)
def letters(monkeypatch):
    monkeypatch.setattr(
        "agents.dead_letters.read_letters", lambda _, select=lambda _: True: list(filter(select, LETTERS))
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["1/1", "1/2"]),
        (["--redriven"], ["1/1", "1/2", "1/3"]),
        (["--stage", "tokenise"], ["1/1"]),
        (["--class", "TooLargeError"], ["1/2"]),
    ],
)
def test_list_by_time_and_filter(khabar, arguments, expected):
    rows = [orjson.loads(row) for row in khabar("dead-letter", "list", "--json", *arguments).out.splitlines()]
    assert [row["at"] for row in rows] == expected


def test_the_table_ends_with_counts_and_steers_no_terminal(khabar):
    out = khabar("dead-letter", "list", "--redriven", "--limit", "1").out
    assert out.endswith("3 dead letters: 2 TooLargeError, 1 UndecodableError\n")
    assert "1/3" in out
    assert "1/1" not in out
    assert "\x1b" not in out


def test_json_steers_no_terminal_and_loses_nothing(khabar, monkeypatch):
    evil = "\x9b2J\u202e\u2028\x1b[31m نص"
    monkeypatch.setattr("agents.cli.dead_letter._described", lambda _letter: {"message": evil})
    lines = khabar("dead-letter", "list", "--json").out.splitlines()
    assert all(line.isprintable() for line in lines)
    assert orjson.loads(lines[0])["message"] == evil


def test_show_tells_the_reason_and_escapes_the_bytes(khabar):
    out = khabar("dead-letter", "show", "1/1").out
    assert "UndecodableError" in out
    assert "articles.raw 0/9" in out
    assert "\\xff\\x1b[31m" in out
    assert "\x1b" not in out


def test_show_raw_gives_the_bytes_unchanged(khabar):
    assert khabar("dead-letter", "show", "1/2", "--raw").out == "{"


def test_a_letter_that_is_not_there_is_an_error(khabar):
    result = khabar("dead-letter", "show", "1/77")
    assert result.code == 3
    assert "1/77" in result.err


@pytest.mark.parametrize(
    ("arguments", "chosen"),
    [
        (["1/1"], {(1, 1)}),
        (["--all"], {(1, 1), (1, 2), (1, 3)}),
        (["--all", "--class", "UndecodableError"], {(1, 1)}),
    ],
)
def test_redrive_sends_what_was_chosen(khabar, monkeypatch, arguments, chosen):
    asked = []

    def redrive(_, positions):
        asked.append(positions)
        return RedriveReport(published=sorted(positions))

    monkeypatch.setattr("agents.dead_letters.redrive", redrive)
    result = khabar("dead-letter", "redrive", *arguments)
    assert (result.code, asked) == (0, [chosen])
    assert result.out == f"{len(chosen)} sent back, 0 were before\n"


def test_what_cannot_be_sent_back_is_named(khabar, monkeypatch):
    monkeypatch.setattr("agents.dead_letters.redrive", lambda *_: RedriveReport(already=[(1, 3)], impossible=[(1, 2)]))
    result = khabar("dead-letter", "redrive", "1/2", "1/3", "1/4")
    assert result.code == 1
    assert result.out == "0 sent back, 1 were before\n"
    assert "1/2 cannot be sent back" in result.err
    assert "1/4 is no dead letter" in result.err


@pytest.mark.parametrize("arguments", [[], ["1/1", "--all"], ["1/1", "--stage", "ner"], ["one"], ["1-2"]])
def test_redrive_wants_positions_or_all(khabar, arguments):
    assert khabar("dead-letter", "redrive", *arguments).code == 2
