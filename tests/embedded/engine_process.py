"""The embedded engine as a process of its own, on a free port."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
import urllib.parse
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from agents.embedded import ports

ROOT = Path(__file__).parents[2]


@dataclass
class EngineProcess:
    """An engine that a test can kill and start again."""

    data_dir: Path
    port: int = field(default_factory=ports.free_port)
    environment: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=lambda: [sys.executable, "-m", "agents.embedded.engine"])
    log: IO[bytes] | int = subprocess.DEVNULL
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> EngineProcess:
        settings = {"KHABAR_DATA_DIR": str(self.data_dir), "KHABAR_CLICKHOUSE_PORT": str(self.port), **self.environment}
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, **settings},
            cwd=ROOT,
            stderr=self.log,
        )
        deadline = time.monotonic() + 30
        while not ports.answers("127.0.0.1", self.port):
            assert self.process.poll() is None, "the engine ended"
            assert time.monotonic() < deadline, "the engine does not serve"
            time.sleep(0.05)
        return self

    def request(self, body: bytes | None = None, headers: dict[str, str] | None = None, **parameters: str):
        """POST ``body``, or GET without one; return status, headers and body."""
        path = "/?" + urllib.parse.urlencode(parameters) if parameters else "/"
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request("GET" if body is None else "POST", path, body, headers or {})
            with connection.getresponse() as answer:
                return answer.status, answer.headers, answer.read()

    def stop(self, *, kill: bool = False) -> None:
        if self.process is not None:
            self.process.kill() if kill else self.process.terminate()
            self.process.wait(30)
            self.process = None
