"""`inzira import`: send a facility's register through the gateway, watch its rows being decided, keep the answer."""

import asyncio
import json
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from inzira_cli.operator import GatewayOption, Refused, gateway_address
from inzira_cli.options import DEFAULT_DATA, DataOption, console, problems, run_folder

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OUTCOMES = ("admitted", "duplicate", "review", "rejected")
ENDS = ("DONE", "FAILED")
KNOWN_ACCOUNTS = "demo-accounts.json"
"""In the stack's secrets, written by the demonstration: user name -> {"password", "role", "facilities"}."""


@dataclass(frozen=True)
class Account:
    """Who signs in."""

    username: str
    password: str


class Sender:
    """A signed-in officer; made by `send_register`."""

    def __init__(self, client: aiohttp.ClientSession, account: Account, language: str) -> None:
        """`language` of the reasons: en, rw or fr."""
        self._client = client
        self._account = account
        self._headers = {"Accept-Language": language}

    async def sign_in(self) -> None:
        """Raises Refused."""
        body = {"username": self._account.username, "password": self._account.password}
        tokens = json.loads(await self.ask("POST", "/v1/sessions", json=body))
        self._headers["Authorization"] = f"Bearer {tokens['access_token']}"

    async def sign_out(self) -> None:
        """End the session of this command."""
        await self.ask("DELETE", "/v1/sessions/current")

    async def ask(self, method: str, path: str, **options: Any) -> bytes:  # noqa: ANN401 - passed to aiohttp
        """The body of a good answer. Raises Refused with the problem's own words."""
        headers = {**self._headers, **options.pop("headers", {})}
        async with self._client.request(method, path, headers=headers, **options) as response:
            body = await response.read()
            if response.status >= 400:
                raise Refused(_words(response.status, body))
            return body

    async def send(self, content: bytes) -> str:
        """Send the register; its import's id. The same file is the same import. Raises Refused."""
        key = f"register-{secrets.token_hex(12)}"
        headers = {"Content-Type": XLSX, "Idempotency-Key": key}
        return str(json.loads(await self.ask("POST", "/v1/imports", data=content, headers=headers))["id"])

    async def follow(self, import_id: str) -> AsyncIterator[dict[str, Any]]:
        """The import's counts until it ends: told by events, asked for again when the line breaks. Raises Refused."""
        while True:
            try:
                async for counts in self._events(import_id):
                    yield counts
                    if counts["state"] in ENDS:
                        return
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(1)
            counts = json.loads(await self.ask("GET", f"/v1/imports/{import_id}"))
            yield counts
            if counts["state"] in ENDS:
                return

    async def _events(self, import_id: str) -> AsyncIterator[dict[str, Any]]:
        headers = {**self._headers, "Accept": "text/event-stream"}
        timeout = aiohttp.ClientTimeout(total=None, sock_read=60)
        path = f"/v1/imports/{import_id}/progress"
        async with self._client.get(path, headers=headers, timeout=timeout) as response:
            if response.status >= 400:
                raise aiohttp.ClientError
            async for line in response.content:
                if line.startswith(b"data: "):
                    yield json.loads(line.removeprefix(b"data: "))


def import_register(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The register (.xlsx).")],
    out: Annotated[Path | None, typer.Option("--out", help="Write the workbook with outcome and reason.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the outcomes as a JSON list.")] = None,
    gateway: GatewayOption = None,
    account: Annotated[str | None, typer.Option("--account", help="User name.", envvar="INZIRA_USER")] = None,
    password: Annotated[str | None, typer.Option(help="Asked for when absent.", envvar="INZIRA_PASSWORD")] = None,
    language: Annotated[str, typer.Option("--lang", help="Language of the reasons: en, rw or fr.")] = "en",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Import a facility's register: every row is admitted, a duplicate, put to review, or rejected with a reason."""
    address = gateway_address(gateway, data)
    who = choose_account(account, password, data)
    content = file.read_bytes()
    started = time.monotonic()
    try:
        with _progress_bar() as bar:
            task = bar.add_task("reading the file", total=None)
            work = send_register(address, who, content, language, lambda counts: _show(bar, task, counts))
            outcomes, answer = asyncio.run(work)
    except Refused as refusal:
        problems.print(str(refusal), markup=False)
        raise typer.Exit(1) from None
    except (aiohttp.ClientError, TimeoutError):
        problems.print(f"The gateway at {address} does not answer.")
        raise typer.Exit(1) from None
    _keep(out, answer)
    _keep(json_out, json.dumps(outcomes, ensure_ascii=False, indent=1).encode())
    _summary(outcomes, time.monotonic() - started)


async def send_register(
    address: str, account: Account, content: bytes, language: str, show: Callable[[dict[str, Any]], None]
) -> tuple[list[dict[str, Any]], bytes]:
    """Send a register, follow it to its end, and give its outcomes and its answer workbook.

    Raises Refused for a file or a caller that is not accepted, aiohttp.ClientError when nobody answers.
    """
    timeout = aiohttp.ClientTimeout(total=600)
    async with aiohttp.ClientSession(address, timeout=timeout) as client:
        sender = Sender(client, account, language)
        await sender.sign_in()
        try:
            import_id = await sender.send(content)
            async for counts in sender.follow(import_id):
                show(counts)
            found = json.loads(await sender.ask("GET", f"/v1/imports/{import_id}"))
            if found["state"] == "FAILED":
                raise Refused(_problem_words(found["problem"]))
            outcomes: list[dict[str, Any]] = json.loads(await sender.ask("GET", f"/v1/imports/{import_id}/outcomes"))
            return outcomes, await sender.ask("GET", f"/v1/imports/{import_id}/answer")
        finally:
            await sender.sign_out()


def choose_account(username: str | None, password: str | None, data: Path) -> Account:
    """Who signs in: as given; else an account made with the local stack, an intake officer's with the widest reach."""
    known = _known_accounts(data)
    if username is None:
        officers = {name: item for name, item in known.items() if item.get("role") == "rcs_intake_officer"}
        widest = max(officers, key=lambda name: len(officers[name].get("facilities", ())), default=None)
        username = widest or str(typer.prompt("User name"))
    if password is None:
        password = known.get(username, {}).get("password") or str(typer.prompt("Password", hide_input=True))
    return Account(username, password)


def _known_accounts(data: Path) -> dict[str, dict[str, Any]]:
    file = run_folder(data).secrets / KNOWN_ACCOUNTS
    if not file.exists():
        return {}
    known: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return known


def _progress_bar() -> Progress:
    columns = (TextColumn("{task.description:<18}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def _show(bar: Progress, task: Any, counts: dict[str, Any]) -> None:  # noqa: ANN401 - rich's task id
    if counts["total"]:
        bar.update(task, description="deciding rows", total=counts["total"], completed=counts["done"])


def _keep(path: Path | None, content: bytes) -> None:
    """Write beside the target and rename, so that a file is there whole or not at all."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _summary(outcomes: list[dict[str, Any]], seconds: float) -> None:
    counts = Counter(item["outcome"] for item in outcomes)
    table = Table("outcome", "rows", "most often because", box=None)
    for outcome in OUTCOMES:
        reasons = Counter(item["reason"] for item in outcomes if item["outcome"] == outcome and item["reason"])
        table.add_row(outcome, str(counts[outcome]), ", ".join(f"{why} ({n})" for why, n in reasons.most_common(3)))
    console.print(table)
    console.print(f"{len(outcomes)} rows in {seconds:.1f} s ({len(outcomes) / max(seconds, 0.001):.0f} rows/s)")


def _words(status: int, body: bytes) -> str:
    try:
        return _problem_words(json.loads(body))
    except (ValueError, AttributeError):
        return f"Refused ({status})."


def _problem_words(problem: dict[str, Any]) -> str:
    columns = f" Missing: {problem['columns']}." if problem.get("columns") else ""
    return f"{problem.get('detail', 'Refused.')}{columns} ({problem.get('code', '-')})"
