"""A real nginx with the configuration of `deploy/nginx`: addresses and folders are put in, nothing else is changed."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from inzira_platform.embedded import free_port
from papers import Paper, Papers

CONFIGURATION = Path(__file__).resolve().parents[2] / "deploy" / "nginx" / "nginx.conf"
START_SECONDS = 20.0


@dataclass(frozen=True)
class Edge:
    """Where it listens, and how a client speaks to it."""

    port: int
    health: int
    papers: Papers

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def client(self, shown: Paper | None = None) -> httpx2.AsyncClient:
        """A client over TLS, with a certificate where one is given."""
        return httpx2.AsyncClient(base_url=self.url, verify=self.papers.trusting(shown), timeout=20)


def configured(places: Mapping[str, str]) -> str:
    """The deployed configuration with places of this machine; each must be there to be replaced."""
    text = CONFIGURATION.read_text()
    for old, new in places.items():
        assert old in text, f"deploy/nginx/nginx.conf says {old!r} no more"
        text = text.replace(old, new)
    return text


@contextmanager
def edge_before(nginx: str, upstream: int, papers: Papers) -> Iterator[Edge]:
    """nginx in front of a port of the loopback, until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="inzira-edge-"))
    folder.chmod(0o755)  # started by root, its workers are somebody else
    edge = Edge(free_port(), free_port(), papers)
    places = {
        " /tmp/": f" {folder}/",
        "gateway-api:8000": f"127.0.0.1:{upstream}",
        "listen 127.0.0.1:8081": f"listen 127.0.0.1:{edge.health}",
        "listen 8443": f"listen 127.0.0.1:{edge.port}",
        "/run/secrets/tls.crt": str(papers.server.certificate),
        "/run/secrets/tls.key": str(papers.server.key),
        "/dev/stdout": f"{folder}/access.log",
        "/dev/stderr": f"{folder}/error.log",
    }
    (folder / "nginx.conf").write_text(configured(places))
    command = [nginx, "-e", f"{folder}/error.log", "-p", str(folder), "-c", f"{folder}/nginx.conf"]
    process = subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.PIPE)
    try:
        _until_listening(process, edge)
        yield edge
    finally:
        process.send_signal(signal.SIGQUIT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _until_listening(process: "subprocess.Popen[bytes]", edge: Edge) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", edge.port), 1):
                return
        except OSError:
            time.sleep(0.05)
    process.kill()
    _, said = process.communicate()
    raise RuntimeError(os.fsdecode(said)[-1000:])
