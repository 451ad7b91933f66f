"""Stage workers as processes of their own, with the fast stages of ``support.stages`` in place of the models."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class WorkerProcess:
    """``run_stage`` in a process; its log is at :attr:`log`."""

    def __init__(self, stage, settings, *, command=("support.worker",), **variables):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.stage, self.command = stage, command
        self.log = settings.data_dir / f"{stage}-{variables.get('KHABAR_WORKER_SLOT', '0')}.log"
        self.environment = os.environ | environment(settings) | variables
        self.process = None
        self.start()

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.command, self.stage],
                env=self.environment,
                stderr=log,
                stdout=log,
                cwd=ROOT,
            )

    def kill(self):
        self.process.kill()
        self.process.wait(30)

    def stop(self, timeout=90):
        """SIGTERM; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    @property
    def running(self):
        return self.process.poll() is None

    def text(self):
        return self.log.read_text("utf-8", "replace")


def environment(settings):
    """The environment variables that carry ``settings`` (what differs from the defaults) to a worker."""
    values = {
        f"KHABAR_{name.upper()}": getattr(value, "get_secret_value", lambda value=value: value)()
        for name, value in settings
        if value != type(settings).model_fields[name].default and value is not None
    }
    return {name: str(value) for name, value in values.items()} | {
        "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
        "KHABAR_STAGE_FACTORY": "support.stages:make",
        "OMP_NUM_THREADS": "1",
        "KHABAR_CONFIG": str(settings.data_dir / "none.toml"),
    }
