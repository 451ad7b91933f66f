"""Run one stage in this process until it is asked to stop: ``khabar worker STAGE``."""

from __future__ import annotations

import faulthandler
import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import structlog

from agents.locks import exclusive
from agents.stage import lifeline
from schemas.errors import ConfigurationError, KhabarError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from agents.metrics import Health
    from agents.settings import Settings
    from agents.stage.app import StageApp
    from agents.stage.journal import Journal
    from schemas.topics import StageSpec

LAG_SECONDS: Final = 15.0
"""How often a worker measures its stage's lag for ``/metrics``."""

log = structlog.get_logger("khabar.stage")


def run_stage(name: str, settings: Settings) -> int:
    """Work on ``name``'s input until SIGTERM or SIGINT; returns the exit status of what Faust could not go on with.

    Other ends do not return (``os._exit``): when asked to stop, the process finishes the batch in hand, commits and
    ends with status 0; on an unexpected error it ends with status 70, so that nothing more is acknowledged.

    Raises:
        ConfigurationError: no such stage, a missing topic, a slot or port that is taken.
        BrokerError: no broker answers.
        ModelError: the stage's model cannot be used.
    """
    from agents import logs
    from agents.metrics import Health
    from agents.stage.load import find_stage, load_work
    from agents.topics import require_topics

    spec = find_stage(name)
    lifeline.stop_at_once()
    logs.configure(settings, stage=spec.name, slot=settings.worker_slot)
    faulthandler.enable()  # a crash in native code leaves its stacks in the log
    from schemas.topics import DEAD_LETTER

    with slot(settings, spec) as (state_dir, journal), ExitStack() as resources:
        require_topics(settings, spec.reads, DEAD_LETTER, *([spec.writes] if spec.writes else []))
        health = Health()
        if settings.worker_metrics_port:
            _serve_metrics(settings, spec, health, resources)
        work = load_work(spec, settings, health)
        from agents.stage.app import make_app
        from agents.stage.stop import StageProcess
        from agents.stage.worker import StageWorker

        app = make_app(settings, spec, state_dir)
        process = StageProcess(app, StageWorker(app, settings, spec, work, journal))
        _report_health(app, health)
        log.info("joining", reads=spec.reads.name, brokers=settings.bootstrap)
        return process.run()


@contextmanager
def slot(settings: Settings, spec: StageSpec) -> Iterator[tuple[Path, Journal]]:
    """Hold this stage's slot on this host: two live processes with one instance id would both process all.

    Raises:
        ConfigurationError: another process holds it.
    """
    from agents.stage.journal import Journal

    folder = settings.data_dir.resolve() / "workers"
    state = folder / f"{settings.kafka_topic_prefix}{spec.name}-{settings.worker_slot}"
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{state} cannot be made ({error.strerror}); set KHABAR_DATA_DIR to a folder that can be written"
        raise ConfigurationError(msg) from error
    try:
        with exclusive(state / "lock"):
            yield state, Journal(state / "journal")
    except BlockingIOError as error:
        msg = (
            f"another worker of {spec.name} holds slot {settings.worker_slot} ({state / 'lock'}); "
            "set KHABAR_WORKER_SLOT to another number for a second worker on this host"
        )
        raise ConfigurationError(msg) from error


def _report_health(app: StageApp, health: Health) -> None:
    async def beat() -> None:
        health.beat()

    async def joined(_app: object, assigned: Iterable[Any], **_: object) -> None:
        health.joined = True
        log.info("ready", partitions=sorted(assignment.partition for assignment in assigned))

    async def left(*_: object, **__: object) -> None:
        health.joined = False

    app.timer(1.0)(beat)
    app.on_partitions_assigned.connect(joined, weak=False)
    app.on_partitions_revoked.connect(left, weak=False)


def _serve_metrics(settings: Settings, spec: StageSpec, health: Health, resources: ExitStack) -> None:
    from agents import metrics

    try:
        server = metrics.serve(settings.bind, settings.worker_metrics_port, health)
    except OSError as error:
        msg = f"port {settings.worker_metrics_port} for /metrics is taken; set KHABAR_WORKER_METRICS_PORT to a free one"
        raise ConfigurationError(msg) from error
    resources.callback(server.server_close)
    resources.callback(server.shutdown)
    threading.Thread(target=_measure_lag, args=(settings, spec), name="lag", daemon=True).start()


def _measure_lag(settings: Settings, spec: StageSpec) -> None:
    from agents.lag import LagReader
    from agents.metrics import record_lag

    with LagReader(settings) as reader:
        while True:
            try:
                record_lag(reader.read([spec]))
            except KhabarError as error:
                log.warning("lag is unknown", reason=str(error))
            time.sleep(LAG_SECONDS)
