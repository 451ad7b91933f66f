"""One way to ClickHouse: the same HTTP client for the embedded engine, a server and a cluster."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from agents.setting_sources import shown
from schemas.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clickhouse_connect.driver.client import Client

    from agents.settings import Settings

Role = Literal["writer", "analyst"]
_PORTS = {"http": 8123, "https": 8443}


@contextmanager
def store_errors(doing: str) -> Iterator[None]:
    """Turn what clickhouse-connect raises into a :class:`StoreError` that says what was being done."""
    from clickhouse_connect.driver.exceptions import ClickHouseError

    try:
        yield
    except ClickHouseError as error:
        msg = f"{doing}: {_reason(error)}"
        raise StoreError(msg) from error


def _reason(error: Exception) -> str:
    """The server's own sentence and the name of its code, without the query that it repeats and its version."""
    text = " ".join(str(error).split()) or type(error).__name__
    text = re.sub(r"^.*?server response: |\s*\(version [^)]*\)( \(for url .*)?$", "", text)
    names = re.findall(r"\([A-Z_]{4,}\)", text)
    sentence, repeats, _ = text.partition(" In scope ")
    return f"{sentence} {names[-1]}" if repeats and names else sentence


def connect(settings: Settings, role: Role = "writer", *, database: str | None = None) -> Client:
    """Open a client as ``role``; ``database`` defaults to the settings' own, ``""`` is the server's default.

    ``chdb:///folder`` in ``clickhouse_url`` opens the engine inside this process: for tests and notebooks.

    Raises:
        ConfigurationError: ``clickhouse_url`` is no URL of ClickHouse.
        StoreError: it does not answer, or refuses the user.
    """
    chosen = settings.clickhouse_database if database is None else database
    user, _ = _credentials(settings, role)
    with store_errors(f"cannot connect to ClickHouse at {shown(settings.clickhouse)} as {user}"):
        if settings.clickhouse.startswith("chdb:"):
            return _connect_in_process(settings.clickhouse, chosen)
        return _connect_http(settings, role, chosen)


def _connect_in_process(url: str, database: str) -> Client:
    import clickhouse_connect

    client = clickhouse_connect.get_client(dsn=url)
    if database:
        client.command(f"USE {database}")
    return client


def _connect_http(settings: Settings, role: Role, database: str) -> Client:
    import clickhouse_connect

    scheme, host, port = _address(settings.clickhouse)
    user, password = _credentials(settings, role)
    extra: dict[str, Any] = {"database": database} if database else {}
    return clickhouse_connect.get_client(
        interface=scheme,
        host=host,
        port=port,
        username=user,
        password=password,
        verify=settings.clickhouse_verify,
        ca_cert=str(settings.clickhouse_ca_cert) if settings.clickhouse_ca_cert else None,
        connect_timeout=min(10, settings.clickhouse_timeout),
        send_receive_timeout=settings.clickhouse_timeout,
        # One session allows one query at a time; nothing here needs one.
        autogenerate_session_id=False,
        **extra,
    )


def _address(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        msg = f"clickhouse_url: {shown(url)!r} is no http(s)://host:port; set KHABAR_CLICKHOUSE_URL"
        raise ConfigurationError(msg)
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]


def _credentials(settings: Settings, role: Role) -> tuple[str, str]:
    if role == "analyst":
        return settings.clickhouse_analyst_user, settings.clickhouse_analyst_password.get_secret_value()
    return settings.clickhouse_user, settings.clickhouse_password.get_secret_value()
