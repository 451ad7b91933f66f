"""The embedded engine as a process, and a proxy before it that fails on demand."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from agents.embedded import ports
from agents.settings import Settings
from support.workers import ROOT, environment


class EngineProcess:
    def __init__(self, folder, port=None):
        self.folder, self.port = folder, port or ports.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        settings = Settings(data_dir=self.folder, clickhouse_port=self.port)
        with (self.folder / "engine.out.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "agents.embedded.engine"],
                env=os.environ | environment(settings),
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def wait_until_serving(self, timeout=60):
        deadline = time.monotonic() + timeout
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/ping", timeout=2):  # noqa: S310 - our own address
                    return
            except OSError:
                assert self.process.poll() is None, (self.folder / "engine.out.log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.1)

    def kill(self):
        self.process.kill()
        self.process.wait(30)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


REFUSALS = {
    "overloaded": (503, 202, "TOO_MANY_SIMULTANEOUS_QUERIES"),
    "readonly": (500, 242, "TABLE_IS_READ_ONLY"),
    "full": (500, 243, "NOT_ENOUGH_SPACE"),
}
LARGE_INSERT_BYTES = 100_000
SLOW_SECONDS = 1.0


class FaultyProxy:
    """HTTP in front of the engine.

    ``mode``: pass, 500, overloaded, readonly, full, hang, lost (stores, never answers), cut, slow, midway (passes a
    part of a large insert, then calls ``on_midway``); and :meth:`refuse` lets nobody connect.
    """

    def __init__(self, target, port=0):
        self.target, self.mode, self.inserts = target, "pass", 0
        self.share, self.on_midway = 1.0, lambda: None
        self.released = threading.Event()
        self.port = port
        self.listen()
        self.url = f"http://127.0.0.1:{self.port}"

    def refuse(self):
        """Until :meth:`listen`, nobody can connect, and who is connected is cut off."""
        self.mode = "cut"
        self.server.shutdown()
        self.server.server_close()

    def listen(self):
        self.server = self.make_server()
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def make_server(self):
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.headers.get("Transfer-Encoding") == "chunked":
                    body = self.read_chunks()
                proxy.handle(self, body)

            do_GET = do_POST  # noqa: N815 - the base class names it so

            def read_chunks(self):
                parts = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(parts)

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *args):
                """A client that gave up is what these tests want."""

        return Server(("127.0.0.1", self.port), Handler)

    def handle(self, handler, body):
        insert = body.lstrip()[:6].upper() == b"INSERT" or "INSERT" in handler.path.upper()
        self.inserts += insert
        mode = self.mode
        if mode == "midway" and insert and len(body) > LARGE_INSERT_BYTES:
            return self.break_off(handler, body)
        if mode == "slow":
            time.sleep(SLOW_SECONDS)
        if mode in {"pass", "slow", "midway"}:
            return self.reply(handler, *self.forward(handler, body))
        if mode == "500":
            return self.reply(handler, 500, {}, b"oops")
        if mode in REFUSALS:
            return self.clickhouse_error(handler, *REFUSALS[mode])
        if mode == "hang":
            self.released.wait(60)
        if mode == "lost":
            self.forward(handler, body)
            self.released.wait(60)
        handler.close_connection = True
        handler.connection.close()
        return None

    def clickhouse_error(self, handler, status, code, name):
        text = f"Code: {code}. DB::Exception: on purpose. ({name})".encode()
        self.reply(handler, status, {"X-ClickHouse-Exception-Code": str(code)}, text)

    def forward(self, handler, body):
        headers = {
            k: v
            for k, v in handler.headers.items()
            if k.lower() not in {"host", "transfer-encoding", "content-length", "connection"}
        }
        request = urllib.request.Request(self.target + handler.path, body or None, headers, method=handler.command)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()

    def break_off(self, handler, body):
        """Pass on a share of the body, say so, and cut; later requests are cut, too."""
        self.mode = "cut"
        to = http.client.HTTPConnection(self.target.removeprefix("http://"), timeout=60)
        to.putrequest(handler.command, handler.path, skip_accept_encoding=True, skip_host=True)
        for name, value in handler.headers.items():
            if name.lower() not in {"transfer-encoding", "content-length"}:
                to.putheader(name, value)
        to.putheader("Content-Length", str(len(body)))
        to.endheaders(body[: int(len(body) * self.share)])
        self.on_midway()
        to.close()
        handler.close_connection = True
        handler.connection.close()

    @staticmethod
    def reply(handler, status, headers, body):
        handler.send_response(status)
        for name, value in headers.items():
            if name.lower() not in {"transfer-encoding", "content-length", "connection", "date", "server"}:
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
