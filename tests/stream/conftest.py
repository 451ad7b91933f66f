"""Workers that end with their test."""

from __future__ import annotations

import pytest
from support.workers import WorkerProcess


@pytest.fixture
def start_worker(settings):
    workers = []

    def start(stage, **variables):
        workers.append(WorkerProcess(stage, settings, **variables))
        return workers[-1]

    yield start
    for worker in workers:
        if worker.running:
            worker.process.kill()
            worker.process.wait(30)


@pytest.fixture
def unused_port():
    from agents.embedded.ports import free_port

    return free_port()


@pytest.fixture(scope="session")
def migrated(engine):
    """Columns by table, as the migrations make them."""
    from agents.clickhouse.client import connect
    from agents.clickhouse.migrate import migrate
    from agents.settings import Settings

    settings = Settings(clickhouse_url=engine, clickhouse_database="columns")
    migrate(settings)
    sql = "SELECT table, name FROM system.columns WHERE database = 'columns' AND default_kind = ''"
    rows = connect(settings).query(sql).result_rows
    columns = {}
    for table, name in rows:
        columns.setdefault(table, set()).add(name)
    return columns
