"""The ClickHouse engine over ClickHouse's own HTTP protocol: ``python -m agents.embedded.engine``.

The settings come from the environment, as for every process that ``khabar up`` starts. What is served: queries in
body or parameter, formats, settings, query parameters, gzip, deflate, lz4 and zstd both ways, Basic and X-ClickHouse
credentials, errors with ClickHouse's code. Not served: sessions, external data, the native TCP protocol.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final, TypeVar

from aiohttp import web

from agents import logs
from agents.embedded import encoding, request, sandbox
from agents.embedded.answer import Answer, Engine
from agents.embedded.chdb_store import QueryError, Store, spool_of
from agents.embedded.overtime import GRACE_SECONDS, Overtime, OvertimeError
from agents.embedded.request import Role
from agents.embedded.rules import ANALYSTS_AT_ONCE
from agents.setting_sources import SECRETS, load, variable
from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agents.embedded.request import Ask
    from agents.settings import Settings

AT_ONCE: Final[dict[Role, int]] = {"writer": 8, "analyst": ANALYSTS_AT_ONCE}
"""Requests in the engine at the same time, a pool a user: analysts cannot keep the sink waiting."""
FETCH_SECONDS: Final = 300.0
"""Within which an analyst must have fetched a result: until then it keeps its place, and memory, in the engine."""
OVERTIME_STATUS: Final = 75
"""Exit code (sysexits' EX_TEMPFAIL) when a query cannot be ended otherwise; the supervisor starts the engine anew."""
FAREWELL_SECONDS: Final = 0.5
"""For answers that are on their way when the process ends so."""
STATUS: Final = {
    62: 400, 36: 400, 53: 400, 43: 400, 42: 400, 27: 400, 33: 400, 47: 404, 60: 404, 81: 404, 46: 404, 115: 404,
    73: 404, 48: 501, 159: 408, 164: 403, 497: 403, 516: 403, 396: 413,
}  # fmt: skip

CONFIGURATION: Final = 3
"""Exit code, as the command line's own."""

log = logging.getLogger("khabar.engine")
T = TypeVar("T")


class Server:
    """The HTTP side: one handler, two pools of threads."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        """Prepare to serve ``engine``."""
        self.settings, self.engine = settings, engine
        self.users = request.Users(settings)
        self.pools = {role: ThreadPoolExecutor(number, role) for role, number in AT_ONCE.items()}
        self.turns = {role: asyncio.Semaphore(number) for role, number in AT_ONCE.items()}
        self.abandoned: list[ExitStack] = []
        self.overtime = Overtime(engine.rules.limits["max_execution_time"] + GRACE_SECONDS)

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=max(request.MAX_BODY_BYTES.values()))
        app.router.add_get("/ping", _ok)
        app.router.add_get("/replicas_status", _ok)
        app.router.add_route("GET", "/", self.handle)
        app.router.add_route("POST", "/", self.handle)
        return app

    async def handle(self, http: web.Request) -> web.StreamResponse:
        """Answer one query."""
        if http.method != "POST" and "query" not in http.query:
            return await _ok(http)
        try:
            ask = await request.read(http, self.users, self.settings)
            return await self._answer(http, ask)
        except QueryError as error:
            return self._refusal(error)

    async def _answer(self, http: web.Request, ask: Ask) -> web.StreamResponse:
        resources = ExitStack()
        async with self.turns[ask.role]:
            try:
                session = await self._work(ask.role, resources.enter_context, self.engine.store.session())
                answer = await self._work(ask.role, self.engine.answer, ask, session)
                headers = self._headers(ask, answer)
                if answer.more is None:
                    return self._whole(ask, answer, headers)
                return await self._stream(http, ask, answer, answer.more, headers)
            except OvertimeError:
                self.abandoned.append(resources.pop_all())  # closing the session, or dropping it, would wait for it
                raise
            finally:
                await self._work(ask.role, resources.close)

    async def _work(self, role: Role, work: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401 - the work's own
        """Run in a thread of the role's; what an analyst asks for has its time."""
        pool = self.pools[role]
        if role == "analyst":
            return await self.overtime.run(pool, work, *arguments)
        return await asyncio.get_running_loop().run_in_executor(pool, work, *arguments)

    def _headers(self, ask: Ask, answer: Answer) -> dict[str, str]:
        headers = {
            "X-ClickHouse-Server-Display-Name": "khabar",
            "X-ClickHouse-Query-Id": "".join(c for c in ask.query_id if c.isprintable())[:128],
            "X-ClickHouse-Timezone": self.engine.store.timezone,
        }
        if answer.output:
            headers |= {"X-ClickHouse-Format": answer.output, "Content-Type": answer.content_type}
        if answer.summary:
            headers["X-ClickHouse-Summary"] = json.dumps(answer.summary)
        return headers

    def _whole(self, ask: Ask, answer: Answer, headers: dict[str, str]) -> web.Response:
        body = answer.body
        if ask.encoding and body:
            packer = encoding.compressor(ask.encoding)
            body = packer.compress(body) + packer.flush()
            headers["Content-Encoding"] = ask.encoding
        return web.Response(body=body, headers=headers)

    async def _stream(
        self, http: web.Request, ask: Ask, answer: Answer, more: Iterator[bytes], headers: dict[str, str]
    ) -> web.StreamResponse:
        """Send a large result block by block; an error in the middle is written as the server writes it."""
        tag = secrets.token_hex(8)
        packer = encoding.compressor(ask.encoding) if ask.encoding else None
        headers |= {"X-ClickHouse-Exception-Tag": tag} | ({"Content-Encoding": ask.encoding} if packer else {})
        response = web.StreamResponse(headers=headers)
        await response.prepare(http)
        part, failed = answer.body, False
        try:
            async with asyncio.timeout(FETCH_SECONDS if ask.role == "analyst" else None):
                while part and not failed:
                    await response.write(packer.compress(part) if packer else part)
                    part, failed = await self._work(ask.role, _next_part, more, tag)
                await response.write((packer.compress(part) if packer else part) + (packer.flush() if packer else b""))
        except ConnectionError:
            return response  # whoever asked has gone; leaving cancels the query
        except TimeoutError:
            failed = True
        if failed and http.transport is not None:
            http.transport.abort()  # without the last chunk, so that no client takes the result for whole
            return response
        await response.write_eof()
        return response

    def _refusal(self, error: QueryError) -> web.Response:
        text = f"{error} (version {self.engine.store.version})\n"
        headers = {"X-ClickHouse-Exception-Code": str(error.code), "X-ClickHouse-Server-Display-Name": "khabar"}
        return web.Response(text=text, status=STATUS.get(error.code, 500), headers=headers)


def _next_part(more: Iterator[bytes], tag: str) -> tuple[bytes, bool]:
    """The next block, empty at the end; or the error that came in the middle, as the server writes it, and True."""
    try:
        return next(more, b""), False
    except QueryError as error:
        message = f"{error}\n".encode()
        mark = b"__exception__\r\n"
        return b"\r\n%b%b\r\n%b%d %b\r\n%b" % (mark, tag.encode(), message, len(message), tag.encode(), mark), True


async def _ok(_: web.Request) -> web.Response:
    return web.Response(text="Ok.\n")


def check_exposure(settings: Settings) -> None:
    """Refuse to serve other machines without passwords.

    Raises:
        ConfigurationError: ``bind`` is no loopback address and a user has no password, or both have one name.
    """
    if settings.clickhouse_user == settings.clickhouse_analyst_user:
        raise ConfigurationError("KHABAR_CLICKHOUSE_USER and KHABAR_CLICKHOUSE_ANALYST_USER must differ")
    passwords = (settings.clickhouse_password, settings.clickhouse_analyst_password)
    if settings.bind not in request.LOOPBACK and not all(password.get_secret_value() for password in passwords):
        msg = (
            f"ClickHouse on {settings.bind} could be reached from other machines without a password: set "
            "KHABAR_CLICKHOUSE_PASSWORD and KHABAR_CLICKHOUSE_ANALYST_PASSWORD, or KHABAR_BIND to 127.0.0.1"
        )
        raise ConfigurationError(msg)


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then finish what runs.

    Raises:
        ConfigurationError: the folder or the port is taken, or passwords are missing.
    """
    check_exposure(settings)
    store = Store(settings.data_dir / "clickhouse", settings.clickhouse_database)
    server = Server(settings, Engine(store))
    runner = web.AppRunner(server.application(), auto_decompress=False, access_log=None, shutdown_timeout=20)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.bind, settings.clickhouse_port).start()
    except OSError as error:
        msg = f"port {settings.clickhouse_port} on {settings.bind} is in use: set KHABAR_CLICKHOUSE_PORT to a free one"
        raise ConfigurationError(msg) from error
    log.info("ClickHouse %s serves on %s:%s", store.version, settings.bind, settings.clickhouse_port)
    await _until_stopped(server.overtime)
    await runner.cleanup()
    store.close()


async def _until_stopped(overtime: Overtime) -> None:
    """Return at SIGTERM or SIGINT; end the process when a query cannot be ended."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    waiting = [asyncio.ensure_future(event.wait()) for event in (stop, overtime.happened)]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if not stop.is_set():
        log.error("an analyst's query runs on past its time and cannot be ended: ClickHouse starts again")
        await asyncio.sleep(FAREWELL_SECONDS)
        os._exit(OVERTIME_STATUS)


def _enclose(settings: Settings) -> None:
    """Put the kernel's wall round this process, before it has other threads; say so where there is none."""
    database = settings.data_dir.resolve() / "clickhouse"
    scratch = database.with_name("clickhouse-tmp")
    os.environ["TMPDIR"] = str(scratch)  # chdb makes a folder there when it is imported
    version = sandbox.enclose([database, scratch, spool_of(database)])
    log.info("enclosed by Landlock %s", version) if version else log.warning("this kernel has no Landlock")


def main() -> None:
    """Serve with the settings of the environment."""
    try:
        settings = load()
        logs.configure(settings, service="clickhouse")
        sandbox.forget(variable(name) for name in SECRETS)
        _enclose(settings)
        asyncio.run(serve(settings))
    except ConfigurationError as error:
        sys.stderr.write(f"khabar: {error}\n")
        sys.exit(CONFIGURATION)


if __name__ == "__main__":
    main()
