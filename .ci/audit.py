"""Known vulnerabilities of the exact dependencies: ``python .ci/audit.py``, a part of ``.ci/run``.

pip-audit asks a database of advisories for each line of constraints.txt. Exit status: 1 with a finding that
``[tool.khabar-audit]`` of pyproject.toml does not give a reason for, 2 where pip-audit itself fails; 0 with a line
that says so where the database cannot be reached, from behind a mirror of packages for one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 240
"""For all of it; each request has ten."""
AWAY = ("ConnectionError", "ProxyError", "ConnectTimeout", "ReadTimeout", "SSLError", "ServiceError", "HTTPError")
FINDING, BROKEN = 1, 2


def ask(seconds: float = SECONDS) -> tuple[str, str]:
    """What pip-audit writes to its two outputs; what it has written so far where it takes too long."""
    # the lines are exact and complete, so nothing needs to be resolved or installed
    what = ["-r", str(ROOT / "constraints.txt"), "--no-deps", "--disable-pip"]
    how = ["--format", "json", "--timeout", "10", "--progress-spinner", "off"]
    command = [sys.executable, "-m", "pip_audit", *what, *how]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds)  # noqa: S603
    except subprocess.TimeoutExpired:
        return "", f"ReadTimeout: no answer within {seconds:.0f} s"
    return done.stdout, done.stderr


def verdict(report: str, errors: str, reasons: dict[str, str]) -> tuple[int, list[str]]:
    """Exit status and lines for people; ``reasons`` to leave an advisory be, by its id."""
    try:
        packages = json.loads(report)["dependencies"]
    except json.JSONDecodeError:
        last = (errors.strip().splitlines() or ["no output"])[-1][:300]
        if any(word in last for word in AWAY):
            return 0, [f"dependency audit left out: the database of advisories cannot be reached ({last})"]
        return BROKEN, [f"pip-audit failed: {last}"]
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if len(unknown) == len(packages):
        return 0, [f"dependency audit left out: the database of advisories knows none of the {len(packages)} packages"]
    lines = [f"{len(packages) - len(unknown)} packages audited"]
    lines += [f"not in the database: {', '.join(unknown)}"] if unknown else []
    found = [(package, advisory) for package in packages for advisory in package.get("vulns", [])]
    bad = 0
    for package, advisory in found:
        reason = next((reasons[name] for name in [advisory["id"], *advisory["aliases"]] if name in reasons), "")
        bad += not reason
        mended = ", ".join(advisory["fix_versions"]) or "no version yet"
        lines.append(f"{package['name']} {package['version']}: {advisory['id']}, mended in {mended}; {reason or 'BAD'}")
    return FINDING if bad else 0, lines


def main() -> int:
    """Audit and report."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    status, lines = verdict(*ask(), settings["tool"]["khabar-audit"]["reasons"])
    sys.stdout.write("\n".join(lines) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
