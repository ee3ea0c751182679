"""Exchanging a partner's signed assertion for an access token of five minutes."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.partner import repository
from inzira_gateway.partner.assertion import claimed_client, key_id, verified_claims
from inzira_gateway.partner.domain import (
    ASSERTION_KIND,
    SKEW,
    AssertionFault,
    ClientRefusedError,
    KeyKind,
    PartnerState,
    TokenRequestError,
    check_claims,
)
from inzira_gateway.partner.models import Partner
from inzira_gateway.partner.service import record
from inzira_gateway.token.domain import Caller
from inzira_gateway.token.keys import Issuer
from inzira_gateway.transactions import Transactions

FIELDS = frozenset({"grant_type", "client_assertion_type", "client_assertion", "client_id", "scope"})


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A token request as it was sent; `client_id` is optional and must agree with the assertion."""

    assertion: str
    client_id: str | None = None


def read_request(body: bytes) -> TokenRequest:
    """The request in a form body. Raises TokenRequestError, also for a field that comes twice or is not known."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=10)
    except ValueError as error:
        raise TokenRequestError(error="invalid_request") from error
    fields = dict(pairs)
    if len(fields) != len(pairs) or not fields.keys() <= FIELDS:
        raise TokenRequestError(error="invalid_request")
    if fields.get("grant_type") != "client_credentials":
        raise TokenRequestError(error="unsupported_grant_type")
    if fields.get("client_assertion_type") != ASSERTION_KIND or not fields.get("client_assertion"):
        raise TokenRequestError(error="invalid_request")
    return TokenRequest(fields["client_assertion"], fields.get("client_id"))


@dataclass(frozen=True, slots=True)
class Exchange:
    """The use case with what it needs; made per request. `issuer_id` is what `aud` must be."""

    transactions: Transactions
    issuer: Issuer
    issuer_id: str
    clock: Clock

    async def exchange(self, request: TokenRequest, thumbprint: str | None) -> str:
        """An access token for the client of a good assertion; `thumbprint` is that of its certificate, if any.

        Raises ClientRefusedError whatever is wrong; the reason is recorded and not told.
        """
        claimed = claimed_client(request.assertion)
        fault = "unknown-client"
        async with self.transactions.begin() as session:
            partner = await repository.find_by_client(session, claimed) if claimed else None
            try:
                return await self._accept(session, partner, request, thumbprint)
            except AssertionFault as error:
                fault = error.reason
            client = partner.client_id if partner is not None else None
            now = self.clock.now()
            record(session, client, "token", now, actor=client or "unknown", outcome="REFUSED", reason=fault)
        raise ClientRefusedError(error="invalid_client")

    async def _accept(
        self, session: AsyncSession, partner: Partner | None, request: TokenRequest, thumbprint: str | None
    ) -> str:
        kid = key_id(request.assertion)
        if partner is None:
            raise AssertionFault("unknown-client")
        if request.client_id not in (None, partner.client_id):
            raise AssertionFault("issuer-or-subject")
        now = self.clock.now()
        key = await repository.find_key(session, partner.client_id, KeyKind.JWK, kid, now)
        if key is None or key.jwk is None:
            raise AssertionFault("key")
        claims = verified_claims(request.assertion, key.jwk)
        kept = check_claims(claims, partner.client_id, self.issuer_id, int(now.timestamp()))
        if partner.state != PartnerState.ACTIVE:
            raise AssertionFault("not-active")
        bound = await self._certificate(session, partner, thumbprint, now)
        digest = hashlib.sha256(kept.jti.encode()).digest()
        until = datetime.fromtimestamp(kept.expires, UTC) + timedelta(seconds=SKEW)
        if not await repository.use_once(session, partner.client_id, digest, until):
            raise AssertionFault("replayed")
        record(session, partner.client_id, "token", now, actor=partner.client_id, subject=key.id)
        return self._sign(partner, bound, now)

    async def _certificate(
        self, session: AsyncSession, partner: Partner, thumbprint: str | None, now: datetime
    ) -> str | None:
        """The thumbprint a token is bound to; None where the partner registered none."""
        if not partner.requires_certificate:
            return None
        if thumbprint is None:
            raise AssertionFault("certificate-missing")
        if await repository.find_key(session, partner.client_id, KeyKind.X5T, thumbprint, now) is None:
            raise AssertionFault("certificate")
        return thumbprint

    def _sign(self, partner: Partner, thumbprint: str | None, now: datetime) -> str:
        principal = Principal(partner.client_id, frozenset({"partner"}), "partner", agency=partner.agency, purpose="")
        return self.issuer.access(Caller(principal, str(partner.id), partner.epoch, thumbprint), now, str(new_id()))


async def forget_assertions(session: AsyncSession, clock: Clock) -> int:
    """Delete used assertions that have ended; they cannot be replayed any more."""
    await repository.forget_assertions(session, clock.now())
    return 0
