"""Everything that runs during a fault plan: broker, engine behind a faulty proxy, workers under a supervisor."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from itertools import chain

from clickhouse_connect.driver.exceptions import ClickHouseError
from support.engine import EngineProcess, FaultyProxy
from support.workers import WorkerProcess

from agents.clickhouse.client import connect
from agents.clickhouse.migrate import migrate
from agents.embedded import ports
from agents.embedded.broker import EmbeddedBroker
from agents.lag import LagReader
from agents.settings import Settings
from agents.topics import ensure_topics
from schemas.errors import BrokerError, StoreError
from schemas.topics import STAGES

NAMES = tuple(stage.name for stage in STAGES)


class World:
    """A whole Khabar in one folder, with fast stages in place of the models."""

    def __init__(self, folder, say=print):
        self.say = say
        self.broker = EmbeddedBroker(folder, ports.free_port(), say=say)
        (folder / "engine").mkdir()
        self.engine = EngineProcess(folder / "engine")
        self.workers = {}
        self.stopping = False
        self.lock = threading.RLock()
        self.folder = folder
        self.deaths = 0

    def __enter__(self):
        self.broker.start()
        self.engine.start()
        self.broker.wait_until_serving(120)
        self.engine.wait_until_serving(120)
        self.proxy = FaultyProxy(self.engine.url)
        self.settings = Settings(
            kafka_bootstrap=self.broker.bootstrap,
            kafka_partitions=4,
            kafka_session_timeout=6,
            clickhouse_url=self.engine.url,
            clickhouse_timeout=3,
            data_dir=self.folder / "workers",
        )
        migrate(self.settings)
        ensure_topics(self.settings)
        for name in NAMES:
            self.start(name)
        threading.Thread(target=self._supervise, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stopping = True
        with self.lock:
            for worker in self.workers.values():
                worker.process.kill()
                worker.process.wait(30)
        self.proxy.close()
        self.engine.kill()
        self.broker.stop(5)

    def start(self, name, slot=0):
        with self.lock:
            settings = self.settings.model_copy(update={"clickhouse_url": self.proxy.url})
            self.workers[name, slot] = WorkerProcess(name, settings, KHABAR_WORKER_SLOT=str(slot), FAKE_PAUSE="0.001")

    def leave(self, name, slot):
        """A worker that ends for good."""
        with self.lock:
            worker = self.workers.pop((name, slot))
        worker.stop()

    def _supervise(self):
        """Start again what has ended, as ``khabar up`` and Kubernetes do."""
        while not self.stopping:
            with self.lock:
                for worker in self.workers.values():
                    if not worker.running and not self.stopping:
                        self.deaths += 1
                        worker.start()
            time.sleep(0.3)

    def signal(self, name, number):
        with self.lock, contextlib.suppress(ProcessLookupError):
            self.workers[name, 0].process.send_signal(number)

    def kill_broker(self):
        self.broker.process.kill()
        self.broker.process.wait(30)
        self.broker.start()
        self.broker.wait_until_serving(120)

    def kill_engine(self):
        self.engine.kill()
        self.engine.start()
        self.engine.wait_until_serving(120)

    def pause(self, name, seconds):
        self.signal(name, signal.SIGSTOP)
        time.sleep(seconds)
        self.signal(name, signal.SIGCONT)

    def lag(self):
        """Messages waiting in all stages; None while the broker does not answer."""
        try:
            with LagReader(self.settings) as reader:
                return sum(row.lag_messages for row in reader.read())
        except BrokerError:
            return None

    def wait_until_stored(self, ids, timeout):
        """Seconds until all these articles are in ClickHouse."""
        listed = ", ".join(f"'{name}'" for name in sorted(ids))
        sql = f"SELECT uniqExact(article_id) FROM articles WHERE article_id IN ({listed})"

        def stored():
            # An engine that has just started, on a busy machine, may not answer in time.
            with contextlib.suppress(StoreError, ClickHouseError):
                return self.rows(sql)[0][0] == len(ids)
            return False

        return self.wait_for(stored, timeout)

    def wait_for_no_lag(self, timeout):
        """Seconds until no stage has anything to do."""
        return self.wait_for(lambda: self.lag() == 0, timeout)

    def wait_for(self, condition, timeout):
        started = time.monotonic()
        while not condition():
            if time.monotonic() - started > timeout:
                msg = f"after {timeout} s the lag is still {self.lag()}; logs are in {self.folder}"
                raise TimeoutError(msg)
            time.sleep(0.2)
        return time.monotonic() - started

    def rows(self, sql):
        patient = self.settings.model_copy(update={"clickhouse_timeout": 60})
        with contextlib.closing(connect(patient)) as client:
            return client.query(sql).result_rows

    def log_lines(self):
        files = chain(*[self.settings.data_dir.glob("*.log")])
        return sum(path.read_bytes().count(b"\n") for path in files)
