"""Whether a person agrees that an organisation follows them: each service's replica of intake's word (security.md 4).

Custody is kept by law and asks nobody. Casework by an organisation rests on the person's consent, or on a legal duty
that names the organisation; both have dates, and every query asks them: an end at T hides at T, without any event.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, column, exists, func, literal_column, or_, select, table, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

PURPOSE = "reintegration_support"
"""The purpose of consents and duties that are kept here; others open nothing to caseworkers."""

CASEWORK_CONSENT: Any = table(
    "casework_consent",
    *(column(name) for name in ("consent_id", "person_id", "recipient", "valid_from", "valid_to", "ended_at")),
)

ASKED_AT_SQL = "coalesce(CAST(nullif(current_setting('app.now', true), '') AS timestamptz), now())"
"""When the transaction began, by the clock of whoever opened it; the database's own where it was not said."""
ASKED_AT: ColumnElement[datetime] = literal_column(ASKED_AT_SQL, DateTime(timezone=True))

# A withdrawal that waits in the parking was said all the same: until it is read, its consent counts as ended.
HELD_BACK = text(
    "UPDATE casework_consent SET ended_at = now() WHERE consent_id = :consent_id AND ended_at IS NULL AND EXISTS "
    "(SELECT 1 FROM parked_event WHERE key = :key AND sequence > :version AND replayed_at IS NULL)"
)


def agreed(person_id: Any, org: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns, or values for them
    """Whether a consent, or a duty, of this person for this organisation stands at the transaction's beginning.

    A withdrawal counts whatever its time says: two machines' clocks may differ, and the person said no.
    """
    consent = CASEWORK_CONSENT.alias("agreed")
    return (
        exists()
        .where(
            consent.c.person_id == person_id,
            consent.c.recipient == org,
            consent.c.ended_at.is_(None),
            consent.c.valid_from <= ASKED_AT,
            or_(consent.c.valid_to.is_(None), consent.c.valid_to > ASKED_AT),
        )
        .correlate_except(consent)
    )


async def has_agreed(session: AsyncSession, person_id: UUID, org: str) -> bool:
    """Whether `agreed` holds, as far as the role in hand may know."""
    return bool((await session.execute(select(agreed(person_id, org)))).scalar_one())


async def keep_consent(
    session: AsyncSession,
    consent_id: UUID,
    person_id: UUID,
    recipient: str,
    valid_from: datetime,
    valid_to: datetime | None,
) -> None:
    """Write a consent or duty; an end that was heard of before it stays. For the system's role."""
    said = {"person_id": person_id, "recipient": recipient, "valid_from": valid_from, "valid_to": valid_to}
    statement = insert(CASEWORK_CONSENT).values(consent_id=consent_id, **said)
    await session.execute(statement.on_conflict_do_update(index_elements=["consent_id"], set_=said))


async def end_consent(session: AsyncSession, consent_id: UUID, person_id: UUID, recipient: str, at: datetime) -> None:
    """Let it end at `at`, or earlier where it did; one not heard of yet is kept as ended. For the system's role."""
    said = {"person_id": person_id, "recipient": recipient, "valid_from": at, "valid_to": at, "ended_at": at}
    statement = insert(CASEWORK_CONSENT).values(consent_id=consent_id, **said)
    first = func.least(CASEWORK_CONSENT.c.ended_at, at)  # NULL counts as not there
    await session.execute(statement.on_conflict_do_update(index_elements=["consent_id"], set_={"ended_at": first}))


async def hold_back(session: AsyncSession, consent_id: UUID, stream_key: str, version: int) -> None:
    """Count a consent as ended whose end waits in the parking; the end itself will say when."""
    await session.execute(HELD_BACK, {"consent_id": consent_id, "key": stream_key, "version": version})
