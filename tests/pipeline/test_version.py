"""A stage's version changes with its code and its data, and only then."""

from __future__ import annotations

import pytest

from pipeline.version import package_digest


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "rules.py").write_text("A = 1", "utf-8")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "cues.toml").write_text('verbs = ["قال"]', "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "content", "changes"),
    [
        ("rules.py", "A = 2", True),
        ("deep/cues.toml", 'verbs = ["أعلن"]', True),
        ("deep/more.tsv", "x\ty", True),
        ("README.md", "words", False),
        ("rules.py", "A = 1", False),
    ],
)
def test_what_changes_it(folder, name, content, changes):
    before = package_digest(folder)
    (folder / name).write_text(content, "utf-8")
    assert (package_digest(folder) != before) is changes


def test_a_file_that_moves_to_another_name_changes_it(folder):
    before = package_digest(folder)
    (folder / "rules.py").rename(folder / "patterns.py")
    assert package_digest(folder) != before


def test_stages_of_one_release_share_no_version():
    from pipeline.events import load as load_events
    from pipeline.quotes import load as load_quotes

    assert load_events().version != load_quotes().version


def test_an_analysts_own_triggers_are_a_version_of_their_own(tmp_path):
    from pipeline.events import load

    (tmp_path / "triggers").mkdir()
    (tmp_path / "triggers" / "protest.toml").write_text('kind = "protest"\nverbs = ["تجمهر|تجمهر"]\n', "utf-8")
    assert load(extra=tmp_path).version not in {"", load().version}
