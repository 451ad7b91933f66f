"""The embedded ClickHouse as a service: start, wait until it serves, stop, describe."""

from __future__ import annotations

import http.client
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING

from agents.embedded import ports, process
from schemas.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class EmbeddedClickHouse(process.Program):
    """``python -m agents.embedded.engine`` on a data directory."""

    def __init__(
        self, data_dir: Path, port: int = 8123, host: str = "127.0.0.1", env: Mapping[str, str] | None = None
    ) -> None:
        """Describe the engine; nothing is started. ``env`` carries the users' names and passwords as settings."""
        super().__init__(
            "clickhouse", process.python("agents.embedded.engine"), data_dir.resolve() / "logs" / "clickhouse.log", env
        )
        self.data_dir, self.port, self.host = data_dir.resolve(), port, host
        self.env = {
            **(env or {}),
            "KHABAR_DATA_DIR": str(self.data_dir),
            "KHABAR_CLICKHOUSE_PORT": str(port),
            "KHABAR_BIND": host,
        }

    @property
    def url(self) -> str:
        """Where clients on this machine find it."""
        return f"http://{ports.reachable(self.host)}:{self.port}"

    def start(self) -> None:
        """Start the engine; it serves a second later.

        Raises:
            ConfigurationError: the port is taken, or the packages are not installed.
        """
        if find_spec("chdb") is None or find_spec("aiohttp") is None:
            raise ConfigurationError(
                "the embedded ClickHouse needs the extra 'embedded': pip install 'khabar[embedded]', "
                "or set KHABAR_CLICKHOUSE_URL to a server of your own"
            )
        if ports.in_use(self.host, self.port):
            msg = (
                f"port {self.port} on {self.host} is in use, so the embedded ClickHouse cannot start: set "
                "KHABAR_CLICKHOUSE_PORT to a free port, or KHABAR_CLICKHOUSE_URL to the server that runs there"
            )
            raise ConfigurationError(msg)
        super().start()

    def wait_until_serving(self, timeout: float = 60.0) -> None:
        """Return once it answers ``/ping``.

        Raises:
            StoreError: it died or did not answer in ``timeout`` seconds; the message ends with its log's tail.
        """
        deadline = time.monotonic() + timeout
        while not self._pings():
            ended = self.poll() is not None
            if ended or time.monotonic() > deadline:
                happened = "ended while it started" if ended else f"does not serve after {timeout:.0f} s"
                msg = f"the embedded ClickHouse {happened}:\n{process.tail(self.log)}\n(all of it: {self.log})"
                raise StoreError(msg)
            time.sleep(0.05)

    def describe(self) -> dict[str, str | int | None]:
        """Address, process and paths."""
        return {
            "url": self.url,
            "pid": self.process.pid if self.process else None,
            "data": str(self.data_dir / "clickhouse"),
            "log": str(self.log),
        }

    def _pings(self) -> bool:
        connection = http.client.HTTPConnection(ports.reachable(self.host), self.port, timeout=2)
        try:
            connection.request("GET", "/ping")
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()
