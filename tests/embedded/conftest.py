"""One engine a module, and clients of its two users."""

from __future__ import annotations

import pytest
from engine_process import EngineProcess


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    running = EngineProcess(tmp_path_factory.mktemp("engine")).start()
    yield running
    running.stop()


@pytest.fixture
def client(engine):
    import clickhouse_connect

    with clickhouse_connect.get_client(
        host="127.0.0.1", port=engine.port, database="khabar", autogenerate_session_id=False
    ) as connected:
        yield connected


@pytest.fixture
def analyst(engine):
    import clickhouse_connect

    with clickhouse_connect.get_client(
        host="127.0.0.1", port=engine.port, database="khabar", username="analyst", autogenerate_session_id=False
    ) as connected:
        yield connected
