"""Right-to-left text: who reorders it, how wide it is, how it is cut."""

from __future__ import annotations

import pytest

from agents.cli.terminal import choose_bidi, displayed, is_right_to_left, plain, width, wrap


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"VTE_VERSION": "7600"}, "khabar"),  # it reorders whole lines, and stops when asked
        ({"TERM_PROGRAM": "mintty"}, "khabar"),
        ({"KONSOLE_VERSION": "230804"}, "terminal"),
        ({"TERM_PROGRAM": "Apple_Terminal"}, "terminal"),
        ({"TERM": "mlterm-256color"}, "terminal"),
        ({"TERM_PROGRAM": "vscode"}, "khabar"),
        ({"TERM": "xterm-kitty"}, "khabar"),
        ({"WT_SESSION": "1"}, "khabar"),
        ({}, "khabar"),
    ],
)
def test_terminals_that_reorder_are_known(environment, expected):
    assert choose_bidi("auto", environment) == expected
    assert choose_bidi("auto", environment, is_terminal=False) == "off"


@pytest.mark.parametrize("setting", ["terminal", "khabar", "off"])
def test_the_setting_overrides(setting):
    assert choose_bidi(setting, {"KONSOLE_VERSION": "230804"}, is_terminal=False) == setting


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("plain text", "plain text"),
        ("سلام", "ﻡﻼﺳ"),  # joined forms, from the left; lam and alef are one letter
        ("قال (نعم)", "(ﻢﻌﻧ) ﻝﺎﻗ"),  # brackets are mirrored
        ("عام 2024 كان", "ﻥﺎﻛ 2024 ﻡﺎﻋ"),  # numbers keep their order
        ("قَالَ", "ﻝﺎﻗ"),  # vowel marks cannot stand before their letter
    ],
)
def test_visual_order(line, expected):
    assert displayed(line, "khabar") == expected


def test_a_cut_line_keeps_the_direction_of_its_paragraph():
    assert displayed("NATO وقال", "khabar", right_to_left=True) == "ﻝﺎﻗﻭ NATO"
    assert displayed("NATO وقال", "khabar") == "NATO ﻝﺎﻗﻭ"


def test_a_terminal_that_reorders_gets_logical_order_in_an_isolate():
    assert displayed("قال (نعم)", "terminal") == "\u2067قال (نعم)\u2069"
    assert displayed("NATO قال", "terminal") == "\u2066NATO قال\u2069"
    assert displayed("plain", "terminal") == "plain"


def test_off_changes_nothing():
    assert displayed("قَالَ (نعم)", "off") == "قَالَ (نعم)"


@pytest.mark.parametrize(
    ("line", "bidi", "columns"),
    [
        ("سلام", "off", 4),
        ("سلام", "khabar", 3),
        ("سلام", "terminal", 4),
        ("قَالَ", "off", 3),
        ("北京", "off", 4),
    ],
)
def test_width_in_columns(line, bidi, columns):
    assert width(line, bidi) == columns


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("قال الوزير أمس", 10, ["قال الوزير", "أمس"]),
        ("one two", 20, ["one two"]),
        ("abcdefgh ij", 3, ["abc", "def", "gh", "ij"]),
        ("", 5, [""]),
    ],
)
def test_lines_are_cut_at_spaces_in_logical_order(text, columns, lines):
    assert wrap(text, columns, "off") == lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\nb\tc", "a b c"), ("x\x1b[31my", "x [31my"), ("\u202eevil\u2069", "evil"), ("\u200fنعم", "نعم")],
)
def test_text_of_articles_cannot_steer_the_terminal(text, expected):
    assert plain(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("نعم", True), ("(12) نعم", True), ("NATO نعم", False), ("12", False)])
def test_direction_is_that_of_the_first_strong_character(text, expected):
    assert is_right_to_left(text) == expected
