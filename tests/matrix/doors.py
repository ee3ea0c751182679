"""The access middleware of each service as it runs, around an app that lets everything through.

What it refuses, it refuses before the service itself: so a cell takes a fraction of a millisecond and no database.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cells import NOBODY, SERVICES, Matrix, Operation, Rule, matrix
from fastapi import FastAPI
from fleet import SERVICES as DEPLOYABLES
from fleet import Ground
from inzira_platform.access import AccessMiddleware
from inzira_platform.app import build_app
from inzira_platform.auth import TokenVerifier
from inzira_platform.testing.database import ServiceDatabase
from starlette.types import Message, Receive, Scope, Send

SAMPLE = "00000000-0000-7000-8000-000000000000"


class DoorBrokenError(Exception):
    """The door failed instead of answering."""


@dataclass
class Door:
    """The middleware of one service, and the tokens of the matrix's principals for it."""

    service: str
    document: Mapping[str, Any]
    app: AccessMiddleware
    api: FastAPI
    tokens: Mapping[str, str]
    status: int = field(default=0, init=False)

    async def ask(self, operation: Operation, who: str) -> int:
        """The status a principal gets: 200 where the middleware lets it through."""
        method, template = operation
        headers = [(b"host", b"test")]
        if who != NOBODY:
            headers.append((b"authorization", f"Bearer {self.tokens[who]}".encode()))
        scope: Scope = {
            "type": "http", "method": method, "path": filled(template), "query_string": b"", "headers": headers,
            "app": self.api,
        }  # fmt: skip
        await self.app(scope, _nothing, self._note)
        return self.status

    async def _note(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]

    def permission_of(self, operation: Operation) -> str:
        """What the route declares."""
        return str(self.document["paths"][operation[1]][operation[0].lower()]["x-permission"])


def filled(template: str) -> str:
    """A path of the template; who is meant does not matter before the service is reached."""
    while "{" in template:
        template = template[: template.index("{")] + SAMPLE + template[template.index("}") + 1 :]
    return template


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _let_through(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def make_door(ground: Ground, service: str) -> Door:
    """The middleware of one service. Raises UndeclaredRouteError when the policy lacks a route's permission."""
    deployable = DEPLOYABLES[service]
    settings = ground.settings_of(deployable, ServiceDatabase(service, "none", ground.postgres))
    api = build_app(deployable, settings, ground.clock)
    verifier = TokenVerifier(settings.jwks_file, ground.clock, audience=f"svc:{service}")
    app = AccessMiddleware(_let_through, api=api, verifier=lambda: verifier, service=service)
    tokens = {
        name: ground.keys.token(who.principal, service, ground.clock)
        for name, who in matrix().principals.items()
        if name != NOBODY
    }
    return Door(service, json.loads(json.dumps(api.openapi())), app, FastAPI(), tokens)


def make_doors(ground: Ground) -> dict[str, Door]:
    """Of every service."""
    return {service: make_door(ground, service) for service in SERVICES}


async def first_difference(policy: Matrix, door: Door, rules: list[Rule], principals: list[str]) -> str | None:
    """The first cell in which the door says something else than the policy.

    Raises DoorBrokenError for an answer that is no answer: nothing may be proven by it.
    """
    for rule in rules:
        for who in principals:
            said, wanted = await door.ask(rule.operation, who), policy.admitted(rule, who)
            if said >= 500:
                raise DoorBrokenError(f"{door.service} {rule.label} as {who}: {said}")
            if said != wanted:
                return f"{door.service} {rule.label} as {who}: {said}, not {wanted}"
    return None
