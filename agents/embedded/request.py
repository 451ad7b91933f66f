"""One HTTP request in ClickHouse's protocol: who asks, what, with which settings and parameters."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from agents.embedded import encoding
from agents.embedded.chdb_store import QueryError
from schemas.errors import TooLargeError, UndecodableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from agents.settings import Settings

Role = Literal["writer", "analyst"]
MAX_BODY_BYTES: Final[dict[Role, int]] = {"writer": 512 * 1024 * 1024, "analyst": 1024 * 1024}
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
AUTHENTICATION_FAILED: Final = 516
NOT_IMPLEMENTED: Final = 48
BAD_REQUEST: Final = 36
ACCESS_DENIED: Final = 497

# parameters of the protocol itself; every other one is a setting of the engine
_PROTOCOL: Final = frozenset(
    {
        "query", "database", "default_format", "user", "password", "query_id", "quota_key", "session_id",
        "session_timeout", "session_check", "session_timezone_check", "compress", "decompress", "buffer_size",
        "wait_end_of_query", "client_protocol_version", "role", "send_progress_in_http_headers",
        "http_headers_progress_interval_ms", "enable_http_compression", "http_zlib_compression_level",
        "add_http_cors_header", "cancel_http_readonly_queries_on_client_close", "stacktrace", "close_session",
        "http_write_exception_in_output_format", "http_response_buffer_size",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request wants of the engine."""

    role: Role
    text: bytes
    database: str
    default_format: str
    settings: Mapping[str, str]
    parameters: Mapping[str, str]
    query_id: str
    encoding: str
    read_only: bool


class Users:
    """The two users of the embedded engine, from the settings."""

    def __init__(self, settings: Settings) -> None:
        """Remember names and passwords."""
        self._known: dict[str, tuple[str, Role]] = {
            settings.clickhouse_analyst_user: (settings.clickhouse_analyst_password.get_secret_value(), "analyst"),
            settings.clickhouse_user: (settings.clickhouse_password.get_secret_value(), "writer"),
        }

    def identify(self, headers: Mapping[str, str], query: Mapping[str, str]) -> Role:
        """The role of whoever sent this; without credentials it is the user ``default``.

        Raises:
            QueryError: unknown user or wrong password (AUTHENTICATION_FAILED).
        """
        name, password = _credentials(headers, query)
        expected, role = self._known.get(name, ("", None))
        if not hmac.compare_digest(expected.encode(), password.encode()) or role is None:
            shown = name if name.isprintable() else repr(name)
            raise _error(
                AUTHENTICATION_FAILED,
                f"{shown}: Authentication failed: password is incorrect, or there is no user with such name",
                "AUTHENTICATION_FAILED",
            )
        return role


def _credentials(headers: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, str]:
    kind, _, token = headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            name, _, password = base64.b64decode(token.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            name, password = "", ""
        return name, password
    if "X-ClickHouse-User" in headers or "X-ClickHouse-Key" in headers:
        return headers.get("X-ClickHouse-User", "default"), headers.get("X-ClickHouse-Key", "")
    return query.get("user", "default"), query.get("password", "")


async def read(request: web.Request, users: Users, settings: Settings) -> Ask:
    """Read a request.

    Raises:
        QueryError: what ClickHouse itself would answer with an error code.
    """
    given = dict(request.query)
    _refuse_other_sites(request, settings.bind)
    role = users.identify(request.headers, given)
    body = await _body(request, MAX_BODY_BYTES[role])
    if request.content_type == "multipart/form-data":
        raise _error(NOT_IMPLEMENTED, "external data (multipart bodies) are not supported here", "NOT_IMPLEMENTED")
    if given.get("compress") == "1" or given.get("decompress") == "1":
        said = "compress=1 and decompress=1 are not supported here: use Accept-Encoding and Content-Encoding"
        raise _error(NOT_IMPLEMENTED, said, "NOT_IMPLEMENTED")
    statement = given.get("query", "").encode()
    default = settings.clickhouse_database if role == "analyst" else ""
    wants_compression = given.get("enable_http_compression", "0") in {"1", "true"}
    return Ask(
        role=role,
        text=statement + b"\n" + body if statement and body else statement or body,
        database=given.get("database") or request.headers.get("X-ClickHouse-Database") or default,
        default_format=given.get("default_format") or request.headers.get("X-ClickHouse-Format") or "TabSeparated",
        settings={k: v for k, v in given.items() if k not in _PROTOCOL and not k.startswith("param_")},
        parameters={k.removeprefix("param_"): v for k, v in given.items() if k.startswith("param_")},
        query_id=given.get("query_id") or str(uuid.uuid4()),
        encoding=encoding.choose(request.headers.get("Accept-Encoding", "")) if wants_compression else "",
        read_only=request.method != "POST",
    )


async def _body(request: web.Request, limit: int) -> bytes:
    raw = bytearray()
    async for part in request.content.iter_any():
        raw += part
        if len(raw) > limit:
            raise _error(BAD_REQUEST, f"the request is larger than {limit} bytes", "BAD_ARGUMENTS")
    try:
        return encoding.decompress(bytes(raw), request.headers.get("Content-Encoding", "").lower(), limit)
    except (UndecodableError, TooLargeError) as error:
        raise _error(BAD_REQUEST, str(error), "BAD_ARGUMENTS") from error


def _refuse_other_sites(request: web.Request, bind: str) -> None:
    """A page of another site in this user's browser must not reach the engine, which may have no password.

    Browsers name the page's site in Origin (POST) and Sec-Fetch-Site (all requests); a page whose name was made to
    point here (DNS rebinding) gives itself away by the Host header.
    """
    origin = request.headers.get("Origin")
    foreign = origin is not None and origin.partition("://")[2] != request.host
    if foreign or request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
        raise _error(ACCESS_DENIED, "requests from pages of other sites are not allowed", "ACCESS_DENIED")
    if bind in LOOPBACK and not _is_local_name(request.url.host or ""):
        raise _error(ACCESS_DENIED, "requests for another host are not allowed on a loopback address", "ACCESS_DENIED")


def _is_local_name(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _error(code: int, message: str, name: str) -> QueryError:
    return QueryError(f"Code: {code}. DB::Exception: {message}. ({name})", code)
