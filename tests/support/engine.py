"""The embedded engine as a process, and a proxy before it that fails on demand."""

from __future__ import annotations

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


class FaultyProxy:
    """HTTP in front of the engine. ``mode``: pass, 500, overloaded, readonly, hang, lost (stores, never answers), cut."""

    def __init__(self, target, port=0):
        self.target, self.mode, self.inserts = target, "pass", 0
        self.released = threading.Event()
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

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def handle(self, handler, body):
        self.inserts += body.lstrip()[:6].upper() == b"INSERT" or "INSERT" in handler.path.upper()
        mode = self.mode
        if mode == "pass":
            return self.reply(handler, *self.forward(handler, body))
        if mode == "500":
            return self.reply(handler, 500, {}, b"oops")
        if mode == "overloaded":
            return self.clickhouse_error(handler, 503, 202, "TOO_MANY_SIMULTANEOUS_QUERIES")
        if mode == "readonly":
            return self.clickhouse_error(handler, 500, 242, "TABLE_IS_READ_ONLY")
        if mode == "full":
            return self.clickhouse_error(handler, 500, 243, "NOT_ENOUGH_SPACE")
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
