"""The audit of dependencies fails on a finding, and says so where nobody can be asked; it never hangs."""

from __future__ import annotations

import importlib.util
import json
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "audit.py"


@pytest.fixture(scope="module")
def audit():
    spec = importlib.util.spec_from_file_location("audit", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def report(*packages) -> str:
    return json.dumps({"dependencies": list(packages), "fixes": []})


GOOD = {"name": "good", "version": "1", "vulns": []}
UNKNOWN = {"name": "unknown", "skip_reason": "Dependency not found and could not be audited"}
ADVISORY = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2"], "description": "bad"}
BAD = {"name": "bad", "version": "1", "vulns": [ADVISORY]}


@pytest.mark.parametrize(
    ("packages", "reasons", "status", "told"),
    [
        ([GOOD, GOOD], {}, 0, "2 packages audited"),
        ([GOOD, BAD], {}, 1, "bad 1: PYSEC-1, mended in 2; BAD"),
        ([BAD], {"CVE-1": "not reachable from Khabar"}, 0, "not reachable from Khabar"),
        ([BAD], {"CVE-2": "of something else"}, 1, "BAD"),
        ([GOOD, UNKNOWN], {}, 0, "not in the database: unknown"),
        ([BAD, UNKNOWN], {}, 1, "PYSEC-1"),
        ([UNKNOWN, UNKNOWN], {}, 0, "left out"),
    ],
)
def test_a_report(audit, packages, reasons, status, told):
    code, lines = audit.verdict(report(*packages), "", reasons)
    assert code == status
    assert told in "\n".join(lines)


@pytest.mark.parametrize(
    ("errors", "status"),
    [
        ("Traceback\nrequests.exceptions.ConnectionError: HTTPSConnectionPool: Max retries exceeded", 0),
        ("Traceback\nrequests.exceptions.ProxyError: refused", 0),
        ("ERROR: invalid requirements file", 2),
        ("", 2),
    ],
)
def test_no_report(audit, errors, status):
    assert audit.verdict("", errors, {})[0] == status


def test_it_does_not_wait_for_ever(audit):
    began = time.monotonic()
    out, errors = audit.ask(0.01)
    assert audit.verdict(out, errors, {})[0] == 0
    assert time.monotonic() - began < 60


def test_every_exact_dependency_is_asked_about():
    lines = (SCRIPT.parents[1] / "constraints.txt").read_text("utf-8").splitlines()
    exact = [line for line in lines if line and not line.startswith("#")]
    assert len(exact) > 100
    assert all("==" in line for line in exact)
