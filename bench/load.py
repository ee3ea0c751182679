"""HTTP load by vegeta (an open-source load generator): it sends, times and counts; here is only read whether an answer
of the product is whole, for one without names is cheaper than it may be counted for."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VERSION = "v12.13.0"
NAMELESS = b'"section":"names"'
TOOLS = Path(__file__).resolve().parent.parent / ".venv" / "bench" / "bin"


@dataclass(frozen=True)
class Target:
    """One request."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Any = None

    def line(self) -> str:
        """As vegeta reads it."""
        made: dict[str, Any] = {"method": self.method, "url": self.url}
        made["header"] = {name: [value] for name, value in self.headers.items()}
        if self.body is not None:
            made["body"] = base64.b64encode(json.dumps(self.body).encode()).decode()
            made["header"]["Content-Type"] = ["application/json"]
        return json.dumps(made)


@dataclass(frozen=True)
class Answered:
    """What vegeta reports: good answers a second, latencies in milliseconds, requests, and those not answered well
    (an answer that lacks the names among them)."""

    throughput: float
    p50: float
    p99: float
    count: int
    failed: int


class RefusedError(Exception):
    """Most answers were not good: the figures would mean nothing."""


def vegeta() -> str:
    """The generator; built once from the Go module proxy.

    Raises FileNotFoundError where there is no Go.
    """
    program = TOOLS / "vegeta"
    if not program.exists():
        go = shutil.which("go")
        if go is None:
            raise FileNotFoundError("the load generator is built with Go: no `go` was found")
        environment = {**os.environ, "GOBIN": str(TOOLS), "GOFLAGS": "-trimpath"}
        subprocess.run([go, "install", f"github.com/tsenart/vegeta/v12@{VERSION}"], env=environment, check=True)  # noqa: S603 - built here
    return str(program)


def at_rate(targets: Sequence[Target], rate: int, seconds: int) -> Answered:
    """Send `rate` requests a second whether or not the earlier ones were answered.

    Raises RefusedError when fewer than half were answered with success.
    """
    return _attack(targets, [f"-rate={rate}/1s", f"-duration={seconds}s", "-workers=32"])


def at_once(targets: Sequence[Target], clients: int) -> Answered:
    """Send all, each client its next as soon as it has an answer.

    Raises RefusedError when fewer than half were answered with success.
    """
    return _attack(targets, ["-rate=0", f"-workers={clients}", f"-max-workers={clients}", "-duration=120s"])


def _attack(targets: Sequence[Target], options: list[str]) -> Answered:
    program = vegeta()
    lines = "\n".join(target.line() for target in targets) + "\n"
    attack = [program, "attack", "-format=json", "-lazy", "-timeout=20s", *options]
    results = subprocess.run(attack, input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout  # noqa: S603 - built here
    report = subprocess.run([program, "report", "-type=json"], input=results, stdout=subprocess.PIPE, check=True).stdout  # noqa: S603 - built here
    found = json.loads(report)
    # when the targets are used up each client may count one more request, which it could not make
    count = min(found["requests"], len(targets))
    good = sum(number for code, number in found["status_codes"].items() if code.startswith("2"))
    failed = count - good + _nameless(program, results)
    if failed * 2 > count:
        raise RefusedError(f"{found['status_codes']} {found['errors'][:3]}")
    times = found["latencies"]
    return Answered(found["throughput"], times["50th"] / 1e6, times["99th"] / 1e6, count, failed)


def _nameless(program: str, results: bytes) -> int:
    """How many answers said that they lack names, because the service that keeps them did not answer in time."""
    told = subprocess.run([program, "encode", "-to=json"], input=results, stdout=subprocess.PIPE, check=True).stdout  # noqa: S603 - built here
    bodies = (base64.b64decode(json.loads(line)["body"] or "") for line in told.splitlines())
    return sum(NAMELESS in body for body in bodies)
