"""The use cases of the partner register: proposed by one person, approved by another, suspended by either."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from inzira_platform.bell import call
from inzira_platform.context import current_trace
from inzira_platform.ids import new_id
from inzira_platform.page import PageRequest, paged
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.bells import WEBHOOKS
from inzira_gateway.partner import repository
from inzira_gateway.partner.assertion import check_on_curve
from inzira_gateway.partner.domain import (
    ClientIdTakenError,
    KeyIdTakenError,
    KeyKind,
    PartnerState,
    PartnerStateError,
    check_life,
    check_second_person,
    public_jwk,
)
from inzira_gateway.partner.models import Partner, PartnerKey, PartnerRecord


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is proposed: a public JWK, or the thumbprint of a certificate."""

    not_after: datetime
    jwk: Mapping[str, Any] | None = None
    thumbprint: str | None = None


@dataclass(frozen=True, slots=True)
class NewPartner:
    """A partner as it is proposed. `quota_per_minute` counts units of cost of its reads."""

    client_id: str
    name: str
    agency: str
    requires_certificate: bool
    quota_per_minute: int
    keys: Sequence[NewKey]


def record(
    session: AsyncSession,
    client_id: str | None,
    action: str,
    now: datetime,
    *,
    actor: str,
    outcome: str = "DONE",
    reason: str = "",
    subject: UUID | None = None,
) -> None:
    """Append to what was done and refused; codes and ids only. Needs the gateway's own scope."""
    session.add(
        PartnerRecord(
            id=new_id(), client_id=client_id, action=action, outcome=outcome, reason=reason, actor=actor,
            subject=subject, request_id=str(current_trace().request_id), at=now,
        )
    )  # fmt: skip


async def propose_partner(session: AsyncSession, wanted: NewPartner, *, by: str, now: datetime) -> Partner:
    """Register a partner that nobody can use yet.

    Raises ClientIdTakenError, KeyInvalidError, KeyLifeError or KeyIdTakenError.
    """
    if await repository.find_by_client(session, wanted.client_id) is not None:
        raise ClientIdTakenError(field="client_id")
    partner = Partner(
        id=new_id(), client_id=wanted.client_id, name=wanted.name, agency=wanted.agency,
        state=PartnerState.PROPOSED, requires_certificate=wanted.requires_certificate,
        quota_per_minute=wanted.quota_per_minute, secret=secrets.token_bytes(32), proposed_by=by,
        created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(partner)
    await session.flush()
    for key in wanted.keys:
        await _add_key(session, partner.client_id, key, by=by, now=now)
    record(session, partner.client_id, "partner.proposed", now, actor=by, subject=partner.id)
    return partner


async def _add_key(session: AsyncSession, client_id: str, wanted: NewKey, *, by: str, now: datetime) -> PartnerKey:
    check_life(wanted.not_after, now)
    jwk = public_jwk(wanted.jwk) if wanted.jwk is not None else None
    if jwk is not None:
        check_on_curve(jwk)
    kid = jwk["kid"] if jwk is not None else str(wanted.thumbprint)
    if any(key.kid == kid for key in await repository.keys_of(session, [client_id])):
        raise KeyIdTakenError(field="jwk.kid")
    key = PartnerKey(
        id=new_id(), client_id=client_id, kind=KeyKind.JWK if jwk is not None else KeyKind.X5T, kid=kid, jwk=jwk,
        not_after=wanted.not_after, proposed_by=by, created_at=now,
    )  # fmt: skip
    session.add(key)
    await session.flush()
    return key


async def approve_partner(session: AsyncSession, partner_id: UUID, *, by: str, now: datetime) -> Partner:
    """Let a proposed partner in, with the keys proposed for it.

    Raises PartnerStateError, and SecondPersonNeededError when the approver proposed the partner or one of its keys.
    """
    partner = await repository.get_partner(session, partner_id, lock=True)
    if partner.state != PartnerState.PROPOSED:
        raise PartnerStateError
    check_second_person(partner.proposed_by, by)
    for key in await repository.keys_of(session, [partner.client_id]):
        if key.approved_by is None and key.revoked_at is None:
            check_second_person(key.proposed_by, by)
            key.approved_by = by
    partner.state, partner.approved_by, partner.suspended_at = PartnerState.ACTIVE, by, None
    return await _changed(session, partner, "partner.approved", by, now)


async def suspend_partner(session: AsyncSession, partner_id: UUID, *, by: str, now: datetime) -> Partner:
    """Shut a partner out; its tokens in flight are refused within 5 seconds. One person is enough."""
    partner = await repository.get_partner(session, partner_id, lock=True)
    if partner.state == PartnerState.SUSPENDED:
        raise PartnerStateError
    partner.state, partner.suspended_at = PartnerState.SUSPENDED, now
    return await _changed(session, partner, "partner.suspended", by, now)


async def resume_partner(session: AsyncSession, partner_id: UUID, *, by: str, now: datetime) -> Partner:
    """Propose a suspended partner anew; a second person approves. Raises PartnerStateError."""
    partner = await repository.get_partner(session, partner_id, lock=True)
    if partner.state != PartnerState.SUSPENDED:
        raise PartnerStateError
    partner.state, partner.proposed_by, partner.approved_by = PartnerState.PROPOSED, by, None
    return await _changed(session, partner, "partner.proposed-again", by, now)


async def add_key(session: AsyncSession, partner_id: UUID, wanted: NewKey, *, by: str, now: datetime) -> PartnerKey:
    """Propose a further key beside those in use. Raises KeyInvalidError, KeyLifeError or KeyIdTakenError."""
    partner = await repository.get_partner(session, partner_id, lock=True)
    key = await _add_key(session, partner.client_id, wanted, by=by, now=now)
    record(session, partner.client_id, "key.proposed", now, actor=by, subject=key.id)
    return key


async def approve_key(session: AsyncSession, partner_id: UUID, key_id: UUID, *, by: str, now: datetime) -> PartnerKey:
    """Raises PartnerStateError for a key approved or revoked before, SecondPersonNeededError for one's own."""
    partner = await repository.get_partner(session, partner_id)
    key = await repository.get_key(session, partner.client_id, key_id)
    if key.approved_by is not None or key.revoked_at is not None:
        raise PartnerStateError
    check_second_person(key.proposed_by, by)
    key.approved_by = by
    record(session, partner.client_id, "key.approved", now, actor=by, subject=key.id)
    return key


async def revoke_key(session: AsyncSession, partner_id: UUID, key_id: UUID, *, by: str, now: datetime) -> PartnerKey:
    """End a key; tokens in flight are refused within 5 seconds and asked for anew with another key."""
    partner = await repository.get_partner(session, partner_id, lock=True)
    key = await repository.get_key(session, partner.client_id, key_id)
    if key.revoked_at is not None:
        raise PartnerStateError
    key.revoked_at = now
    await _changed(session, partner, "key.revoked", by, now, subject=key.id)
    return key


async def _changed(
    session: AsyncSession, partner: Partner, action: str, by: str, now: datetime, subject: UUID | None = None
) -> Partner:
    partner.epoch += 1
    partner.version += 1
    partner.updated_at = now
    record(session, partner.client_id, action, now, actor=by, subject=subject or partner.id)
    await session.flush()
    call(session, WEBHOOKS)
    return partner


async def get_partner(session: AsyncSession, partner_id: UUID) -> tuple[Partner, list[PartnerKey]]:
    """A partner with its keys. Raises PartnerNotFoundError."""
    partner = await repository.get_partner(session, partner_id)
    return partner, list(await repository.keys_of(session, [partner.client_id]))


async def find_partner(session: AsyncSession, client_id: str) -> Partner | None:
    return await repository.find_by_client(session, client_id)


async def list_partners(
    session: AsyncSession, page: PageRequest
) -> tuple[list[tuple[Partner, list[PartnerKey]]], str | None]:
    """One page of partners with their keys, and the cursor of the next."""
    rows, cursor = paged(await repository.list_partners(session, page), page.limit, lambda partner: [partner.client_id])
    keys = await repository.keys_of(session, [partner.client_id for partner in rows])
    return [(row, [key for key in keys if key.client_id == row.client_id]) for row in rows], cursor


async def list_records(
    session: AsyncSession, partner_id: UUID, page: PageRequest, outcome: str | None
) -> tuple[list[PartnerRecord], str | None]:
    """What was done about a partner and what it was refused, the latest first."""
    partner = await repository.get_partner(session, partner_id)
    rows = await repository.list_records(session, partner.client_id, page, outcome)
    return paged(rows, page.limit, lambda row: [row.id])
