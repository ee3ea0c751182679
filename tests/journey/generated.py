"""A partner beside the road: a client generated from the gateway's document, in processes that can be killed."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).parent / "partner_program.py"
DOCUMENT = "/v1/openapi.json?role=partner"
PACKAGE = "inzira_client"


def generate_client(gateway: str, folder: Path) -> Path:
    """A folder with the package `inzira_client`, made by openapi-python-client without a single warning."""
    with urllib.request.urlopen(gateway + DOCUMENT) as answer:  # noqa: S310 - the gateway of this test
        (folder / "openapi.json").write_bytes(answer.read())
    tools = str(Path(sys.executable).parent)
    arguments = ["--path", str(folder / "openapi.json"), "--output-path", str(folder / PACKAGE)]
    done = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", *arguments, "--meta", "none", "--fail-on-warning"],
        env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@dataclass
class PartnerProgram:
    """The partner's program in a folder of its own, where it keeps its cursor and what it was told."""

    home: Path
    code: Path
    process: subprocess.Popen[str] | None = None
    starts: int = 0

    @classmethod
    def settle(cls, home: Path, code: Path, key: Path, settings: Mapping[str, str]) -> "PartnerProgram":
        """Give it what a partner is given: its settings and its own key."""
        home.mkdir()
        (home / "settings.json").write_text(json.dumps(dict(settings)))
        (home / "partner_key.json").write_text(key.read_text())
        return cls(home, code)

    def start(self) -> None:
        """Follow, from where it was."""
        self.process = self._run("follow")
        self.starts += 1

    def kill(self) -> None:
        """SIGKILL, wherever it is, if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    def ended(self) -> tuple[int, str]:
        """Exit code and last words, once it has ended by itself."""
        assert self.process is not None
        words, _ = self.process.communicate(timeout=60)
        return self.process.returncode, words.strip()

    def pages(self) -> list[Any]:
        """What `page` prints."""
        words, _ = self._run("page").communicate(timeout=60)
        return [json.loads(line) for line in words.splitlines()]

    def change_purpose(self, purpose: str) -> None:
        """Ask for another purpose from the next start on."""
        file = self.home / "settings.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), "purpose": purpose}))

    def wait_to_be_woken(self) -> None:
        """Start `woken`, and return when its address is registered."""
        self.process = self._run("woken")
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line == "ready", line + self.process.stdout.read()

    def items(self) -> list[dict[str, Any]]:
        """What it stored, a repeated item once."""
        file = self.home / "items.jsonl"
        stored = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        return list({item["id"]: item for item in stored}.values())

    async def has_closed(self) -> bool | None:
        """True once it stored the end of the road."""
        return any(item["data"].get("stage") == "CLOSED" for item in self.items()) or None

    async def has_gone(self) -> bool | None:
        """True once it stored that somebody went out of its sight."""
        return any(item["type"].endswith("person.gone.v1") for item in self.items()) or None

    def _run(self, what: str) -> subprocess.Popen[str]:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(self.code)}
        command = [sys.executable, str(PROGRAM), str(self.home), what]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
