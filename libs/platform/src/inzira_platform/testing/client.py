"""Calling a service in a test as somebody: tokens are signed as the gateway signs them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI
from inzira_contracts.policy import policy
from joserfc import jwt
from joserfc.jwk import ECKey

from inzira_platform.app import build_app
from inzira_platform.auth import INTERNAL_TYP, ISSUER, Principal, claims_of
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.database import ServiceDatabase

_DOCUMENTS: dict[int, tuple[Service, dict[str, Any]]] = {}
"""The document of each service that ran: it says the same for every app of it, and to write it was 40 % of a test."""


@dataclass(frozen=True)
class Keys:
    """The signing key and the file services read its public half from."""

    key: ECKey
    jwks_file: Path

    def token(self, principal: Principal, service: str, clock: Clock, **overrides: Any) -> str:  # noqa: ANN401 - claims of any type
        """An internal token of 60 seconds for one service."""
        now = int(clock.now().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": f"svc:{service}",
            "iat": now,
            "nbf": now,
            "exp": now + 60,
            **claims_of(principal),
            **overrides,
        }
        header = {"alg": "ES256", "typ": INTERNAL_TYP, "kid": self.key.kid}
        return jwt.encode(header, claims, self.key)


def principal_of(role: str, **reach: Any) -> Principal:  # noqa: ANN401 - the principal's fields
    """A principal of `role` with `facility`, `org`, `sub`, `district` as given."""
    facility, district = reach.pop("facility", None), reach.pop("district", None)
    return Principal(
        sub=reach.pop("sub", f"acc-{role}"),
        roles=frozenset({role}),
        scope_kind=policy().scope_of(role),
        facilities=(facility,) if facility else (),
        districts=(district,) if district else (),
        **reach,
    )


class Caller:
    """A client that is somebody; every POST carries an Idempotency-Key of its own unless one is given."""

    def __init__(self, client: httpx2.AsyncClient, token: str | None) -> None:
        """Made by `Api.as_`."""
        self._client = client
        self._token = token

    async def request(self, method: str, path: str, **options: Any) -> httpx2.Response:  # noqa: ANN401 - passed to httpx2
        """Any request."""
        headers = dict(options.pop("headers", {}) or {})
        if self._token:
            headers.setdefault("Authorization", f"Bearer {self._token}")
        if method == "POST" and options.pop("keyed", True):
            headers.setdefault("Idempotency-Key", f"test-{new_id()}")
        return await self._client.request(method, path, headers=headers, **options)

    async def get(self, path: str, **options: Any) -> httpx2.Response:  # noqa: ANN401 - passed to httpx2
        """GET."""
        return await self.request("GET", path, **options)

    async def post(self, path: str, json: Any = None, **options: Any) -> httpx2.Response:  # noqa: ANN401 - passed to httpx2
        """POST; `keyed=False` leaves the Idempotency-Key out."""
        return await self.request("POST", path, json=json, **options)

    async def put(self, path: str, json: Any = None, **options: Any) -> httpx2.Response:  # noqa: ANN401 - passed to httpx2
        """PUT."""
        return await self.request("PUT", path, json=json, **options)

    async def patch(self, path: str, json: Any = None, **options: Any) -> httpx2.Response:  # noqa: ANN401 - passed to httpx2
        """PATCH."""
        return await self.request("PATCH", path, json=json, **options)

    async def delete(self, path: str, **options: Any) -> httpx2.Response:  # noqa: ANN401 - passed to httpx2
        """DELETE."""
        return await self.request("DELETE", path, **options)


class Api:
    """A running app."""

    def __init__(self, app: FastAPI, service: str, keys: Keys, clock: Clock, database: ServiceDatabase) -> None:
        """Made by `running`."""
        self.app = app
        self.database = database
        self.keys = keys
        self.clock = clock
        self._service = service
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        self._client = httpx2.AsyncClient(transport=transport, base_url="http://test")

    @classmethod
    @asynccontextmanager
    async def running(
        cls, service: Service, settings: ServiceSettings, database: ServiceDatabase, keys: Keys, clock: Clock
    ) -> "AsyncIterator[Api]":
        """Build the app, run its lifespan, close it at the end."""
        app = build_app(service, settings, clock)
        _, app.openapi_schema = _DOCUMENTS.get(id(service), (service, None))
        async with app.router.lifespan_context(app):
            _DOCUMENTS[id(service)] = service, app.openapi()
            yield cls(app, service.name, keys, clock, database)

    def as_(self, role: str, **reach: Any) -> Caller:  # noqa: ANN401 - the principal's fields
        """A caller of `role`: `api.as_("rcs_intake_officer", facility="HUY")`."""
        return self.as_principal(principal_of(role, **reach))

    def as_principal(self, principal: Principal, **claims: Any) -> Caller:  # noqa: ANN401 - claims of any type
        """A caller with exactly this principal."""
        return Caller(self._client, self.keys.token(principal, self._service, self.clock, **claims))

    def with_token(self, token: str) -> Caller:
        """A caller with whatever token is given."""
        return Caller(self._client, token)

    def nobody(self) -> Caller:
        """A caller without a token."""
        return Caller(self._client, None)
