"""What ops see of a worker: Prometheus metrics, and whether it lives and is ready."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agents.lag import PartitionLag

REGISTRY: Final = CollectorRegistry()
LIVE_SECONDS: Final = 60.0
"""An event loop that has not turned for this long is stuck: work runs in a thread of its own."""
_SECONDS: Final = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900)

processed: Final = Counter("khabar_processed", "Messages done by a stage", ["stage"], registry=REGISTRY)
failed: Final = Counter("khabar_failed", "Tries that failed, by error class", ["stage", "error"], registry=REGISTRY)
dead_lettered: Final = Counter(
    "khabar_dead_lettered", "Messages sent to the dead letters, by error class", ["stage", "error"], registry=REGISTRY
)
stage_seconds: Final = Histogram(
    "khabar_stage_seconds", "Seconds a stage worked on one batch", ["stage"], buckets=_SECONDS, registry=REGISTRY
)
batch_messages: Final = Histogram(
    "khabar_batch_messages",
    "Messages in one batch",
    ["stage"],
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000),
    registry=REGISTRY,
)
insert_seconds: Final = Histogram(
    "khabar_insert_seconds", "Seconds of one insert into ClickHouse", ["table"], buckets=_SECONDS, registry=REGISTRY
)
freshness_seconds: Final = Histogram(
    "khabar_freshness_seconds",
    "Seconds from an article's raw record to its rows in ClickHouse",
    buckets=(0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 86400),
    registry=REGISTRY,
)
lag_messages: Final = Gauge(
    "khabar_consumer_lag_messages", "Messages not yet processed", ["stage", "topic", "partition"], registry=REGISTRY
)
lag_seconds: Final = Gauge(
    "khabar_consumer_lag_seconds",
    "Age of the oldest record not yet processed",
    ["stage", "topic", "partition"],
    registry=REGISTRY,
)


class Health:
    """Whether a worker lives (its event loop turns) and is ready (it has joined, and its store answers)."""

    def __init__(self) -> None:
        """Start alive and not ready."""
        self._beat = time.monotonic()
        self.joined = False
        self.store_answers = True

    def beat(self) -> None:
        """Say that the event loop has turned."""
        self._beat = time.monotonic()

    @property
    def alive(self) -> bool:
        """Has the event loop turned lately?"""
        return time.monotonic() - self._beat < LIVE_SECONDS

    @property
    def ready(self) -> bool:
        """Does it do its work?"""
        return self.alive and self.joined and self.store_answers


def record_lag(rows: Iterable[PartitionLag]) -> None:
    """Set the lag gauges; several workers of a stage report the same figures, so dashboards take the maximum."""
    for row in rows:
        labels = (row.stage, row.topic, str(row.partition))
        lag_messages.labels(*labels).set(row.lag_messages)
        lag_seconds.labels(*labels).set(row.lag_seconds)


def serve(address: str, port: int, health: Health) -> ThreadingHTTPServer:
    """Serve ``/metrics``, ``/healthz`` and ``/readyz`` from a thread; raises OSError when the port is taken."""
    answers: dict[str, Callable[[], tuple[int, bytes, str]]] = {
        "/metrics": lambda: (200, generate_latest(REGISTRY), CONTENT_TYPE_LATEST),
        "/healthz": lambda: _answer(ok=health.alive),
        "/readyz": lambda: _answer(ok=health.ready),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = answers.get(self.path.partition("?")[0])
            status, body, kind = answer() if answer else (404, b"try /metrics, /healthz or /readyz\n", "text/plain")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Stay silent: a probe every second is no news."""

    server = ThreadingHTTPServer((address, port), Handler)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def _answer(*, ok: bool) -> tuple[int, bytes, str]:
    return (200, b"ok\n", "text/plain") if ok else (503, b"no\n", "text/plain")
