"""The roads between workers and brokers: one TCP proxy a stage and broker, which can be cut or fall silent."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
CHUNK = 1 << 18


class Link:
    """A TCP proxy to one port of one broker.

    Cut: its connections are reset, and new ones at once. Silent: nothing passes and nobody is told; what was under way
    is held and delivered when the silence ends, as TCP does when it sends again, so a broker may get requests of a
    worker that it has given up long ago.
    """

    def __init__(self):
        self.target, self.cut = 0, False
        self.talking = asyncio.Event()
        self.talking.set()
        self.writers = set()
        self.tasks = set()

    async def listen(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=CHUNK)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def set(self, *, cut=False, silent=False):
        self.cut = cut
        if cut:
            for writer in self.writers:
                _reset(writer)
        if silent:
            self.talking.clear()
        else:
            self.talking.set()

    async def close(self):
        self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        self.tasks.add(task := asyncio.current_task())
        try:
            await self.talking.wait()
            await self._join(reader, writer)
        finally:
            self.tasks.discard(task)
            writer.close()

    async def _join(self, reader, writer):
        with contextlib.suppress(OSError):
            if self.cut:
                _reset(writer)
                return
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target, limit=CHUNK)
            self.writers |= {writer, far_writer}
            try:
                await asyncio.gather(self._pass_on(reader, far_writer), self._pass_on(far_reader, writer))
            finally:
                self.writers -= {writer, far_writer}
                far_writer.close()

    async def _pass_on(self, reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await self.talking.wait()
                writer.write(data)
                await writer.drain()
        await self.talking.wait()  # the end of a connection is not heard in the silence either
        writer.close()


class Network:
    """A link from each stage to each broker; steered from the harness's thread, run in one of its own."""

    def __init__(self, stages, nodes):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.links = {(stage, node): self._do(Link().listen()) for stage in stages for node in nodes}

    def connect(self, stage, node, port):
        """Where the link leads."""
        self.links[stage, node].target = port

    def port(self, stage, node):
        return self.links[stage, node].port

    def bootstrap(self, stage):
        return ",".join(f"127.0.0.1:{link.port}" for (name, _), link in self.links.items() if name == stage)

    def cut(self, stage=None, node=None):
        """Reset what goes from ``stage`` (default: all) to ``node`` (default: all), and what comes next."""
        self._set(stage, node, cut=True)

    def silence(self, stage=None, node=None):
        """Let nothing pass, without a word to either side."""
        self._set(stage, node, silent=True)

    def heal(self):
        self._set(None, None)

    def close(self):
        for link in self.links.values():
            self._do(link.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(30)
        self.loop.close()

    def _set(self, stage, node, **state):
        for (name, number), link in self.links.items():
            if stage in (None, name) and node in (None, number):
                self._do(link.set(**state))

    def _do(self, step):
        return asyncio.run_coroutine_threadsafe(step, self.loop).result(30)


def _reset(writer):
    """End a connection with RST in place of FIN."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    writer.transport.abort()
