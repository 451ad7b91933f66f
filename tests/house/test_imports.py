"""The house: schemas <- pipeline <- agents, and what must stay light stays light."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ["torch", "stanza", "onnxruntime", "faust", "aiokafka", "chdb", "clickhouse_connect", "confluent_kafka"]


def imported_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_imports_go_one_way():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "import schemas.export",
        "import pipeline.stage",
        "import pipeline.analyse",
        "import agents.cli",
        "import agents.settings",
    ],
)
def test_import_is_light(statement):
    assert imported_by(statement).isdisjoint(HEAVY)


@pytest.mark.parametrize("stage", ["quotes", "events"])
def test_stages_after_the_encoder_never_load_it(stage):
    loaded = imported_by(f"from pipeline.{stage} import load; load()")
    assert loaded.isdisjoint({"torch", "stanza", "onnxruntime", "faust", "aiokafka"})
