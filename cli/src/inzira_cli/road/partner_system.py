"""A partner's own system: it proves itself with a key nobody else has, reads what it was granted and follows it."""

import time
from collections.abc import Mapping
from typing import Any

import aiohttp
from inzira_platform.ids import new_id
from joserfc import jwt
from joserfc.jwk import ECKey

from inzira_cli.road.caller import RENEW_BEFORE_SECONDS, Answer, Caller
from inzira_cli.road.errors import unexpected

ISSUER = "rw-gateway"
PURPOSE = "reintegration_support"
ASSERTION_SECONDS = 60
POLL_SECONDS = 20
CHANGED, GONE = "inzira.partner.person.changed.v1", "inzira.partner.person.gone.v1"


Query = Mapping[str, str | int]


class PartnerSystem(Caller):
    """Signs in by private_key_jwt (docs/partners.md); `told` is what the feed brought so far, in its order."""

    def __init__(self, client: aiohttp.ClientSession, client_id: str, key: ECKey) -> None:
        super().__init__(client, client_id, "")
        self.key = key
        self.told: list[dict[str, Any]] = []

    async def sign_in(self) -> "PartnerSystem":
        """Raises RoadError when the partner is not let in."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self._assertion(),
        }
        answer = await self._send("POST", "/oauth/token", data=form)
        if answer.status >= 400:
            raise unexpected(self.username, "to sign in", answer.status, answer.body)
        self._access = answer.body["access_token"]
        self._renew_at = time.monotonic() + answer.body["expires_in"] - RENEW_BEFORE_SECONDS
        return self

    async def ask(self, path: str, query: Query | None = None, purpose: str = PURPOSE) -> Answer:
        """Read for a purpose, whatever the answer is."""
        return await self._answered("GET", path, params=query or {}, headers={"X-Purpose": purpose})

    async def follow(self) -> None:
        """Keep what the feed tells from now on, until no grant opens it any more. Raises RoadError."""
        place = {"start": "latest"}
        while True:
            answer = await self.ask("/v1/feed", {"timeout": POLL_SECONDS, **place})
            if answer.status == 403:
                return
            if answer.status >= 400:
                raise unexpected(self.username, "GET /v1/feed", answer.status, answer.body)
            self.told += answer.body
            place = {"cursor": answer.next_cursor}

    async def signed(self) -> dict[str, str]:
        """The header of a token that still holds. Raises RoadError when none is given any more."""
        async with self._renewing:
            if time.monotonic() > self._renew_at:
                await self.sign_in()
        return {"Authorization": f"Bearer {self._access}"}

    def _assertion(self) -> str:
        now = int(time.time())
        who = {"iss": self.username, "sub": self.username, "aud": ISSUER, "jti": str(new_id())}
        header = {"alg": "ES256", "typ": "JWT", "kid": self.key.kid}
        return jwt.encode(header, {**who, "iat": now, "exp": now + ASSERTION_SECONDS}, self.key)
