"""Tables: alignment, width, values."""

from __future__ import annotations

import io
import time
from datetime import UTC, date, datetime

import pytest
from rich.cells import cell_len

from agents.cli.tables import Screen, cell_text, print_table

HEADERS = ("type", "actor", "count", "sentence")
ROWS = [
    ("meeting", "مصر", 3, "اجتمع الوزير مع نظيره التركي في القاهرة أمس وبحثا ملفات كثيرة"),
    ("attack", "مسلحون", 12, "هاجم مسلحون قافلة"),
]


def lines_of(bidi, columns=None, rows=ROWS):
    stream = io.StringIO()
    print_table(HEADERS, rows, Screen(stream, columns, bidi))
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("bidi", ["off", "khabar", "terminal"])
@pytest.mark.parametrize("columns", [None, 60, 100])
def test_all_lines_are_equally_wide_and_fit(bidi, columns):
    widths = {cell_len(line) for line in lines_of(bidi, columns)}
    assert len(widths) == 1
    if columns:
        assert max(widths) <= columns


def test_arabic_and_numbers_stand_on_the_right_and_latin_on_the_left():
    attack = next(line for line in lines_of("off") if "attack" in line)
    kind, actor, count, sentence = attack.strip("│").split("│")
    assert kind.startswith(" attack ")
    assert actor == " مسلحون "
    assert count.endswith(" 12 ")
    assert sentence.startswith("   ")
    assert sentence.endswith("قافلة ")


def test_into_a_file_text_is_whole_in_logical_order_and_without_escapes():
    stream = io.StringIO()
    print_table(HEADERS, ROWS, Screen.of("auto", stream))
    assert ROWS[0][3] in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("bidi", "sequences"), [("khabar", True), ("terminal", False), ("off", False)])
def test_a_terminal_is_kept_from_reordering_what_is_reordered(bidi, sequences):
    stream = Terminal()
    print_table(HEADERS, ROWS, Screen(stream, 80, bidi))
    written = stream.getvalue()
    assert (written.startswith("\x1b[8l"), written.endswith("\x1b[8h")) == (sequences, sequences)


def test_a_long_cell_is_cut_into_lines_before_it_is_reordered():
    cells = [line.strip("│").split("│")[3].strip() for line in lines_of("khabar", 60) if "│" in line]
    assert cells[1].endswith("ﻊﻤﺘﺟﺍ")  # the first word stands rightmost in the first line


def test_a_very_long_cell_ends_with_an_ellipsis():
    lines = lines_of("off", 50, [("x", "y", 1, "كلمة " * 200)])
    assert any("…" in line for line in lines)
    assert len(lines) < 14


@pytest.mark.parametrize(("bidi", "columns"), [("off", None), ("khabar", 80), ("terminal", 80)])
def test_an_article_in_a_cell_is_quick(bidi, columns):
    start = time.process_time()
    lines_of(bidi, columns, [("x", "y", 1, "كلمة أخرى " * 20_000)] * 5)
    assert time.process_time() - start < 5


def test_an_empty_result_has_its_header():
    assert any("sentence" in line for line in lines_of("off", rows=[]))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (0.123456789, "0.123457"),
        (datetime(2025, 3, 4, 9, 15, tzinfo=UTC), "2025-03-04 09:15:00"),
        (date(2025, 3, 4), "2025-03-04"),
        (["مصر", "تركيا"], "مصر، تركيا"),
        (["EGY", "TUR"], "EGY, TUR"),
        ({"ner": "1"}, "ner=1"),
        ("a\nb", "a b"),
        ([], ""),
    ],
)
def test_values_as_text(value, text):
    assert cell_text(value) == text
