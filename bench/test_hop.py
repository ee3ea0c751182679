"""What passing through the gateway adds, at 500 requests a second: the same answer from the service, with and without.

The route needs no database, so that the service is not what is measured. CPU is what the gateway's process used, by the
operating system's count.
"""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from book import Book
from inzira_platform.embedded import free_port
from load import Answered, Target, at_rate
from stack import BenchStack

RATE = 500
SECONDS = 15
PATH = "/v1/districts"
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 512; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  upstream service {{ server {service}; keepalive 32; }}
  server {{ listen 127.0.0.1:{port}; location / {{
    proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ""; }} }}
}}
"""


def test_hop(stack: BenchStack, session: dict[str, str], book: Book) -> None:
    """Gateway, service directly, and the gateway's CPU for each request."""
    goal = "at most 0.5 ms of CPU, and p99 at most 10 ms"
    book.row("hop", f"Gateway hop at {RATE} requests/s", "ms", better="lower", goal=goal)
    gateway = _listening(stack.gateway)
    _at_rate(f"{stack.gateway}{PATH}", session, seconds=5)
    before = sum(gateway.cpu_times()[:2])
    through = _at_rate(f"{stack.gateway}{PATH}", session)
    used = sum(gateway.cpu_times()[:2]) - before
    direct = _at_rate(f"{stack.service('intake')}{PATH}", stack.internal("intake"))
    book.note("hop", "inzira, CPU", used * 1e3 / through.count)
    for name, found in (("inzira", through), ("the service directly", direct)):
        book.note("hop", f"{name}, p50", found.p50)
        book.note("hop", f"{name}, p99", found.p99)
        if found.failed:
            book.rows["hop"].notes.append(f"{name}: {found.failed} of {found.count} without a good answer")


def test_nginx(stack: BenchStack, book: Book, tmp_path: Path) -> None:
    """nginx in the gateway's place, where it is installed: it passes on and knows nothing of who asks."""
    if shutil.which("nginx") is None:
        book.rows["hop"].notes.append("nginx was not installed")
        return
    with _nginx(stack.service("intake").removeprefix("http://"), tmp_path) as (url, process):
        before = _cpu_of_all(process)
        found = _at_rate(f"{url}{PATH}", stack.internal("intake"))
        used = _cpu_of_all(process) - before
    book.note("hop", "nginx, CPU", used * 1e3 / found.count)
    book.note("hop", "nginx, p50", found.p50)
    book.note("hop", "nginx, p99", found.p99)


def _at_rate(url: str, headers: dict[str, str], seconds: int = SECONDS) -> Answered:
    return at_rate([Target("GET", url, headers)] * (RATE * seconds), RATE, seconds)


def _listening(url: str) -> psutil.Process:
    port = int(url.rsplit(":", 1)[1])
    open_ports = [one for one in psutil.net_connections("tcp") if one.status == psutil.CONN_LISTEN]
    return psutil.Process(next(one.pid for one in open_ports if one.laddr.port == port))


def _cpu_of_all(process: psutil.Process) -> float:
    return float(sum(sum(one.cpu_times()[:2]) for one in [process, *process.children(recursive=True)]))


@contextmanager
def _nginx(service: str, folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    port = free_port()
    conf = folder / "nginx.conf"
    conf.write_text(NGINX.format(folder=folder, service=service, port=port))
    running = subprocess.Popen(["nginx", "-c", str(conf), "-p", str(folder)])  # noqa: S603, S607 - found above
    time.sleep(1)
    yield f"http://127.0.0.1:{port}", psutil.Process(running.pid)
    running.terminate()
    running.wait(10)
