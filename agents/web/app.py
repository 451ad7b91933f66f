"""The web application: static files, one JSON answer a query file, and lag; it reads as the analyst user."""

from __future__ import annotations

import asyncio
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson
from aiohttp import web

from agents import logs
from agents.clickhouse.client import connect
from agents.lag import LagReader
from agents.settings import Settings
from agents.web.filters import query_parameters
from schemas.errors import InvalidFieldError, KhabarError, StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HERE: Final = files("agents.web")
SETTINGS: Final = web.AppKey("settings", Settings)
LAG: Final = web.AppKey("lag", LagReader)
LAG_LOCK: Final = web.AppKey("lag_lock", asyncio.Lock)
QUERIES: Final = ("summary", "facets", "daily", "pairs", "events", "stories", "quotes")
SECURITY_HEADERS: Final = {
    # Article text is shown as text only; should that ever fail, nothing foreign may run or load.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def make_app(settings: Settings) -> web.Application:
    """Build the application; connections are opened with the first request."""
    app = web.Application(middlewares=[_guard])
    app[SETTINGS] = settings
    app[LAG_LOCK] = asyncio.Lock()
    app.cleanup_ctx.append(_keep_lag_reader)
    app.router.add_get("/", _index)
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/api/lag", _lag)
    app.router.add_get("/api/{query}", _query)
    app.router.add_static("/static", Path(str(HERE / "static")))
    return app


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM."""
    logs.configure(settings, service="web")
    web.run_app(make_app(settings), host=settings.bind, port=settings.web_port, print=None, access_log=None)


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except InvalidFieldError as error:
        response = _json({"error": str(error)}, status=400)
    except KhabarError as error:
        response = _json({"error": str(error)}, status=503)
    response.headers.update(SECURITY_HEADERS)
    return response


async def _index(_request: web.Request) -> web.StreamResponse:
    return web.FileResponse(Path(str(HERE / "static" / "index.html")))


async def _healthz(_request: web.Request) -> web.StreamResponse:
    return web.Response(text="ok\n")


async def _query(request: web.Request) -> web.StreamResponse:
    name = request.match_info["query"]
    if name not in QUERIES:
        raise web.HTTPNotFound
    parameters = query_parameters(request.query)
    rows = await asyncio.to_thread(_rows, request.app[SETTINGS], name, parameters)
    return web.Response(body=rows, content_type="application/json")


def _rows(settings: Settings, name: str, parameters: dict[str, str]) -> bytes:
    sql = (HERE / "queries" / f"{name}.sql").read_text(encoding="utf-8")
    client = connect(settings, "analyst")
    try:
        return bytes(client.raw_query(sql, parameters=parameters, fmt="JSON"))
    except Exception as error:
        msg = f"the query {name} failed: {error}"
        raise StoreError(msg) from error
    finally:
        client.close()


async def _keep_lag_reader(app: web.Application) -> AsyncIterator[None]:
    """One reader for all requests: its first look takes a second, later ones milliseconds."""
    with LagReader(app[SETTINGS]) as app[LAG]:
        yield


async def _lag(request: web.Request) -> web.StreamResponse:
    async with request.app[LAG_LOCK]:
        rows = await asyncio.to_thread(request.app[LAG].read)
    stages: dict[str, dict[str, Any]] = {}
    for row in rows:
        stage = stages.setdefault(row.stage, {"stage": row.stage, "messages": 0, "seconds": 0.0})
        stage["messages"] += row.lag_messages
        stage["seconds"] = max(stage["seconds"], row.lag_seconds)
    return _json({"data": list(stages.values())})


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json")
