from __future__ import annotations

import pytest

from schemas.export import HERE, artefacts


@pytest.mark.parametrize(("path", "content"), artefacts().items(), ids=lambda p: getattr(p, "name", ""))
def test_committed_contract_file_is_what_the_models_say(path, content):
    assert path.read_bytes() == content, "run: python -m schemas"


def test_nothing_else_lies_among_the_generated_schemas():
    assert {p.name for p in (HERE / "jsonschema").iterdir()} == {p.name for p in artefacts() if p.parent != HERE}
