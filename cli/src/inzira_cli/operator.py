"""Speaking to the gateway as an administrator, for the commands of the operator."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import aiohttp
import typer

from inzira_cli.options import problems, run_folder

SERVICES = ("intake", "curriculum", "tvet", "reintegration", "gateway")
SECONDS = 30.0
T = TypeVar("T")

GatewayOption = Annotated[
    str | None,
    typer.Option("--gateway", help="Its address; by default that of the local stack.", envvar="INZIRA_GATEWAY"),
]
UserOption = Annotated[
    str, typer.Option("--user", help="Your user name.", envvar="INZIRA_USER", prompt="Administrator's user name")
]
PasswordOption = Annotated[
    str,
    typer.Option("--password", help="Asked for when absent.", envvar="INZIRA_PASSWORD", prompt=True, hide_input=True),
]


class Refused(Exception):
    """The gateway refused, in its own words."""


@dataclass(frozen=True)
class Answer:
    """A good answer: its JSON and its ETag."""

    body: Any
    etag: str


class Operator:
    """A signed-in administrator; made by `signed_in`."""

    def __init__(self, client: aiohttp.ClientSession, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path: str, **query: str | int) -> Answer:
        """GET. Raises Refused."""
        return await _ask(self._client, "GET", path, headers=self._headers, params=query)

    async def post(self, path: str, body: dict[str, Any]) -> Answer:
        """POST with an Idempotency-Key of its own. Raises Refused."""
        headers = {**self._headers, "Idempotency-Key": f"cli-{secrets.token_hex(12)}"}
        return await _ask(self._client, "POST", path, headers=headers, json=body)

    async def patch(self, path: str, body: dict[str, Any], etag: str) -> Answer:
        """PATCH of what was read under `etag`. Raises Refused."""
        return await _ask(self._client, "PATCH", path, headers={**self._headers, "If-Match": etag}, json=body)

    async def sign_out(self) -> None:
        """End the session this command opened."""
        await _ask(self._client, "DELETE", "/v1/sessions/current", headers=self._headers)


Work = Callable[[Operator], Coroutine[Any, Any, T]]
"""What a command does once it is signed in."""


async def _ask(client: aiohttp.ClientSession, method: str, path: str, **options: Any) -> Answer:  # noqa: ANN401 - passed on to the client library
    async with client.request(method, path, **options) as response:
        if response.status == 204:
            return Answer(None, "")
        body = await response.json(content_type=None)
        if response.status >= 400:
            rules = "".join(f"\n  {item['field']}: {item['rule']}" for item in body.get("errors") or [])
            raise Refused(f"{body.get('detail', 'Refused.')} ({body.get('code', response.status)}){rules}")
        return Answer(body, response.headers.get("ETag", ""))


def gateway_address(given: str | None, data: Path) -> str:
    """The address asked for, else that of the stack in the run folder; ends the command when there is none."""
    stack = run_folder(data).recall()
    if given is None and stack is None:
        problems.print("No stack is running here. Start one with `inzira up`, or name the gateway with --gateway.")
        raise typer.Exit(1)
    return given or (stack.gateway if stack else "")


def as_operator(address: str, user: str, password: str, work: Work[T]) -> T:
    """Sign in, do the work, sign out; a refusal or an unreachable gateway ends the command with words."""
    try:
        return asyncio.run(_session(address, user, password, work))
    except Refused as refusal:
        problems.print(str(refusal))
    except (aiohttp.ClientError, TimeoutError):
        problems.print(f"The gateway at {address} does not answer.")
    raise typer.Exit(1)


async def _session(address: str, user: str, password: str, work: Work[T]) -> T:
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(address, timeout=timeout) as client:
        tokens = await _ask(client, "POST", "/v1/sessions", json={"username": user, "password": password})
        operator = Operator(client, tokens.body["access_token"])
        try:
            return await work(operator)
        finally:
            await operator.sign_out()
