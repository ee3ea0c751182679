"""The HTTP server as a process of its own: it ends when it is told to, and the date it sends goes on."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from inzira_platform.embedded import free_port, port_taken

SERVE = """
import sys, uvicorn
from inzira_platform import serving

async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})

serving.TICK_SECONDS = float(sys.argv[2])
config = uvicorn.Config(app, port=int(sys.argv[1]), loop="uvloop", lifespan="off", log_config=None)
serving.Server(config).run()
"""


def waited(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def serving(tick: float) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(port), str(tick)])
    try:
        waited(lambda: port_taken(port))
        yield port, process
    finally:
        process.kill()
        process.wait()


def date_at(port: int) -> str | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().getheader("date")
    finally:
        connection.close()


def test_a_signal_ends_it_though_it_never_looks() -> None:
    with serving(3600.0) as (port, process):
        assert date_at(port)
        os.kill(process.pid, signal.SIGTERM)
        waited(lambda: process.poll() is not None)


def test_the_date_goes_on() -> None:
    with serving(1.0) as (port, _):
        before = date_at(port)
        waited(lambda: date_at(port) != before)
