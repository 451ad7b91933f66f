"""``python -m support.slow_start STAGE``: a worker that gets SIGTERM while its Kafka thread takes its time to begin."""

from __future__ import annotations

import asyncio
import os
import runpy
import signal

from mode.threads import ServiceThread

SECONDS = 0.5

serve = ServiceThread._serve


async def serve_late(thread):
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(SECONDS)
    await serve(thread)


ServiceThread._serve = serve_late
runpy.run_module("support.worker", run_name="__main__")
