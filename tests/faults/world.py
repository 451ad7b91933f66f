"""Everything that runs during a fault plan: brokers, engine behind a faulty proxy, workers under a supervisor."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from itertools import chain

from clickhouse_connect.driver.exceptions import ClickHouseError
from cluster import Cluster
from network import Network
from support.controls import FILE_VARIABLE, Controls
from support.engine import EngineProcess, FaultyProxy
from support.workers import WorkerProcess

from agents.clickhouse.client import connect
from agents.clickhouse.migrate import migrate
from agents.lag import LagReader
from agents.settings import Settings
from agents.topics import ensure_topics
from schemas.errors import BrokerError, StoreError
from schemas.topics import STAGES

NAMES = tuple(stage.name for stage in STAGES)


REAL = {"command": ("agents.cli", "worker"), "KHABAR_STAGE_FACTORY": ""}
"""Workers as people run them."""
FAKE = {"FAKE_PAUSE": "0.001"}


class World:
    """A whole Khabar in one folder.

    Args:
        folder: state and logs go here.
        say: gets a line now and then.
        nodes: 1 broker, or 3 with three copies of everything.
        network: workers reach the brokers by links that can be cut.
        real: the real models, and workers as people start them, in place of fast stages.
    """

    def __init__(self, folder, say=print, *, nodes=1, network=False, real=False):
        self.say, self.real = say, real
        self.network = Network(NAMES, range(1, nodes + 1)) if network else None
        self.cluster = Cluster(folder, nodes, self.network, NAMES, say=say)
        self.broker = self.cluster.nodes[1]
        (folder / "engine").mkdir()
        self.engine = EngineProcess(folder / "engine")
        self.workers = {}
        self.controls = {name: Controls() for name in NAMES}
        self.stopping = False
        self.lock = threading.RLock()
        self.folder = folder
        self.deaths = 0
        self.lag_reader = None

    def __enter__(self):
        try:
            return self._enter()
        except BaseException:
            self.__exit__()
            raise

    def _enter(self):
        self.cluster.start()
        self.engine.start()
        self.cluster.wait_until_serving()
        self.engine.wait_until_serving(120)
        self.proxy = FaultyProxy(self.engine.url)
        self.settings = Settings(
            kafka_bootstrap=self.cluster.bootstrap,
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
        self._forget_lag_reader()
        if hasattr(self, "proxy"):
            self.proxy.close()
        if self.engine.process:
            self.engine.kill()
        self.cluster.stop()
        if self.network:
            self.network.close()

    def start(self, name, slot=0):
        """A worker; the first of a stage takes the links of its stage, others another road."""
        with self.lock:
            changes = {"clickhouse_url": self.proxy.url}
            if self.network and slot == 0:
                changes["kafka_bootstrap"] = self.network.bootstrap(name)
            variables = {"KHABAR_WORKER_SLOT": str(slot), FILE_VARIABLE: str(self._controls_file(name))}
            self.workers[name, slot] = WorkerProcess(
                name, self.settings.model_copy(update=changes), **variables, **(REAL if self.real else FAKE)
            )

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
        self.cluster.kill(1)
        self.cluster.restart(1)

    def kill_engine(self):
        self.engine.kill()
        self.restart_engine()

    def kill_engine_midway(self, feed, share, timeout=180):
        """Kill ClickHouse when it has ``share`` of a large insert; what waited while it was away makes it large."""
        killed = threading.Event()

        def kill():
            time.sleep(0.02)
            self.engine.kill()
            killed.set()

        self.proxy.share, self.proxy.on_midway = share, kill
        self.proxy.mode = "overloaded"
        feed.large()
        time.sleep(3)
        self.proxy.mode = "midway"
        self.wait_for(killed.is_set, timeout)
        self.restart_engine()
        self.proxy.mode = "pass"

    def restart_engine(self):
        self.engine.start()
        self.engine.wait_until_serving(120)

    def control(self, name, **values):
        """Set what a stage's workers follow: ``clock`` (seconds ahead), ``pause`` (seconds an article)."""
        for key, value in values.items():
            setattr(self.controls[name], key, value)
        self.controls[name].write(self._controls_file(name))

    def _controls_file(self, name):
        return self.folder / f"controls-{name}.json"

    def pause(self, name, seconds):
        self.signal(name, signal.SIGSTOP)
        time.sleep(seconds)
        self.signal(name, signal.SIGCONT)

    def lag(self):
        """Messages waiting in all stages; None while the broker does not answer."""
        try:
            self.lag_reader = self.lag_reader or LagReader(self.settings)
            return sum(row.lag_messages for row in self.lag_reader.read())
        except BrokerError:
            self._forget_lag_reader()
            return None

    def _forget_lag_reader(self):
        if self.lag_reader:
            self.lag_reader.__exit__(None, None, None)
        self.lag_reader = None

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
        """Seconds until no stage has anything to do; asked twice, for a message may move on between two readings."""
        return self.wait_for(lambda: self.lag() == 0 and self.lag() == 0, timeout)

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
