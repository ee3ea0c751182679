"""Whether something may be given to somebody, asked afresh each time; and how intake's word gets here.

Expiry is a comparison in the query, a withdrawal a row: no job has to run for either to take effect (security.md 6).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from inzira_contracts.intake import ConsentGranted, ConsentWithdrawn
from inzira_platform.scope_feed import take_in_consents
from inzira_platform.service import Received
from sqlalchemy import Select, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_gateway.consent import repository
from inzira_gateway.consent.models import ConsentGrant


@dataclass(frozen=True, slots=True)
class ActiveConsent:
    """What may be given of one person to one recipient; `agreement_code` is the text's, or the legal duty's."""

    consent_id: UUID
    person_id: UUID
    basis: str
    purpose: str
    recipient: str
    data_classes: frozenset[str]
    agreement_code: str | None
    valid_to: datetime | None


async def active_consents(
    session: AsyncSession, recipient: str, person_ids: Collection[UUID], at: datetime
) -> list[ActiveConsent]:
    """The consents and legal duties by which data of these persons may be given to `recipient` at `at` (aware).

    Ask in the gateway's own scope, at the moment of giving, and keep nothing: an answer is old at once.
    """
    if not person_ids:
        return []
    rows = await repository.list_active(session, recipient, person_ids, at)
    return [
        ActiveConsent(
            consent_id=row.consent_id,
            person_id=row.person_id,
            basis=row.basis,
            purpose=row.purpose,
            recipient=row.recipient,
            data_classes=frozenset(row.data_classes),
            agreement_code=row.agreement_code,
            valid_to=row.valid_to,
        )
        for row in rows
    ]


def consenting_persons(recipient: str, basis: str, purposes: Collection[str], at: datetime) -> Select[UUID]:
    """SELECT of the persons of whom something may be given to `recipient` for one of `purposes`: for `IN (…)`."""
    return select(col(ConsentGrant.person_id)).where(
        col(ConsentGrant.recipient) == recipient,
        col(ConsentGrant.basis) == basis,
        col(ConsentGrant.purpose).in_(list(purposes)),
        repository.holds(at),
    )


def covering_persons(
    recipient: str, purpose: str, all_of: Collection[str], one_of: Collection[Collection[str]], at: datetime
) -> Select[UUID]:
    """SELECT of the persons whose consents cover, together, every data class of `all_of` and some set of `one_of`."""
    wanted = (repository.together(one) for one in one_of)
    held = and_(repository.together(all_of), or_(false(), *wanted))
    agreed = consenting_persons(recipient, "CONSENT", [purpose], at)
    return agreed.group_by(col(ConsentGrant.person_id)).having(held)


async def take_in(session: AsyncSession, received: Sequence[Received]) -> None:
    """Take what intake said of consents, in order; other events are passed over.

    Kept twice: all of them for partners, and for caseworkers those that decide whom they reach, as in every service.
    """
    for event, _meta in received:
        if isinstance(event, ConsentGranted):
            await _granted(session, event)
        elif isinstance(event, ConsentWithdrawn):
            await _withdrawn(session, event)
    await take_in_consents(session, received)


async def _granted(session: AsyncSession, event: ConsentGranted) -> None:
    """A consent or duty was recorded. Commutes with its withdrawal."""
    values = {
        **_about(event),
        "data_classes": [str(item) for item in event.data_classes],
        "agreement_code": event.agreement_code,
        "agreement_version": event.agreement_version,
        "valid_from": event.valid_from,
        "valid_to": event.valid_to,
    }
    await repository.put(session, values)


async def _withdrawn(session: AsyncSession, event: ConsentWithdrawn) -> None:
    """A consent was taken back, or a duty ended."""
    await repository.end(session, _about(event), event.occurred_at)


def _about(event: ConsentGranted | ConsentWithdrawn) -> dict[str, object]:
    return {
        "consent_id": event.consent_id,
        "person_id": event.person_id,
        "basis": str(event.basis),
        "purpose": str(event.purpose),
        "recipient": event.recipient,
    }
