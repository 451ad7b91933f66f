"""Samples of a running world every few seconds: lag of each stage, memory of each process, articles stored."""

from __future__ import annotations

import contextlib
import csv
import os
import threading
import time
from pathlib import Path

import psutil
from clickhouse_connect.driver.exceptions import ClickHouseError
from load_feed import STORED
from world import NAMES

from agents.clickhouse.client import connect
from agents.lag import LagReader
from schemas.errors import KhabarError

MIB = 1024 * 1024
SERVICES = ("broker", "engine")
PROCESSES = (*NAMES, *SERVICES)
FIELDS = (
    "seconds",
    "phase",
    "published",
    "stored",
    "cpu_seconds",
    *(f"lag_{name}" for name in NAMES),
    *(f"rss_mib_{name}" for name in PROCESSES),
    *(f"files_mib_{name}" for name in SERVICES),
)


class Sampler:
    """Appends one row (a dict of :data:`FIELDS`) each ``every`` seconds; ``phase`` names the rows.

    The lag has a thread of its own: a look at it may take seconds on a busy machine, and memory should not wait.
    """

    def __init__(self, world, feed, every):
        self.world, self.feed, self.every = world, feed, every
        self.phase, self.rows, self.missed = "warm-up", [], 0
        self.lags = dict.fromkeys(NAMES, 0)
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=run, daemon=True) for run in (self._watch_lag, self._run)]

    def __enter__(self):
        self.started = time.monotonic()
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)

    def _watch_lag(self):
        with LagReader(self.world.settings) as reader:
            while not self.stopping.wait(self.every):
                lags = dict.fromkeys(NAMES, 0)
                try:
                    for row in reader.read():
                        lags[row.stage] += row.lag_messages
                except KhabarError:
                    self.missed += 1
                else:
                    self.lags = lags

    def _run(self):
        with contextlib.closing(connect(self.world.settings)) as client:
            while not self.stopping.is_set():
                started = time.monotonic()
                try:
                    self.rows.append(self._sample(client))
                except (ClickHouseError, psutil.NoSuchProcess):
                    self.missed += 1  # a gap in the plot; the table says how many
                self.stopping.wait(max(started + self.every - time.monotonic(), 0))

    def _sample(self, client):
        processes = self._processes()
        values = {"seconds": round(time.monotonic() - self.started, 2), "phase": self.phase}
        values |= {"published": self.feed.number, "stored": int(client.query(STORED).result_rows[0][0])}
        values["cpu_seconds"] = round(sum(cpu_seconds(process) for process in processes.values()), 2)
        values |= {f"lag_{name}": lag for name, lag in self.lags.items()}
        values |= {f"rss_mib_{name}": round(rss(process) / MIB, 3) for name, process in processes.items()}
        folders = {"broker": self.world.broker.root, "engine": self.world.engine.folder}
        return values | {f"files_mib_{name}": round(size_of(folder) / MIB, 2) for name, folder in folders.items()}

    def _processes(self):
        pids = {name: worker.process.pid for (name, slot), worker in self.world.workers.items() if slot == 0}
        pids |= {name: getattr(self.world, name).process.pid for name in SERVICES}
        return {name: psutil.Process(pids[name]) for name in PROCESSES}


def rss(process):
    """Resident bytes; none of these processes has children."""
    return process.memory_info().rss


def cpu_seconds(process):
    times = process.cpu_times()
    return times.user + times.system


def size_of(folder):
    """Bytes of all files below ``folder``; one that goes away meanwhile counts as nothing."""
    total = 0
    for root, _folders, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += (Path(root) / name).stat().st_size
    return total


def write_csv(rows, path):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(rows)
