"""An app behind a real HTTP server on the loopback, in a thread with a loop of its own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

START_SECONDS = 20.0


@dataclass(frozen=True)
class Listening:
    """Where an app answers."""

    port: int

    @property
    def url(self) -> str:
        """Base address."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def listening(app: ASGIApp) -> Iterator[Listening]:
    """Serve `app`, its lifespan included, until the block ends; its loop is closed with nothing pending.

    Raises RuntimeError when the app does not start.
    """
    # made as TCP by name: only then does asyncio send without waiting for the other side's acknowledgement
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        _until_started(server, thread)
        yield Listening(listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(15)
        listener.close()


def _until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    waited = threading.Event()
    for _ in range(int(START_SECONDS / 0.02)):
        if server.started:
            return
        if not thread.is_alive():
            break
        waited.wait(0.02)
    raise RuntimeError("the app did not start")
