"""Every SQL statement about consents and legal duties."""

from collections.abc import Sequence
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.page import InvalidCursorError, PageRequest
from inzira_platform.scope import PERSON_SCOPE, visible_persons
from sqlalchemy import exists, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_intake.consent.domain import Basis, Period, Purpose
from inzira_intake.consent.models import Consent

# caseworkers and the protection officer may not write the person's row, so its lock is not theirs to take
TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended('consent|' || CAST(:person_id AS text), 0))")


async def take_turns(session: AsyncSession, person_id: UUID) -> None:
    """Consents of one person are recorded one after another; waits until the transaction's end."""
    await session.execute(TAKE_TURNS, {"person_id": str(person_id)})


async def is_visible(session: AsyncSession, principal: Principal, person_id: UUID) -> bool:
    """Whether the person is in the caller's reach."""
    columns = PERSON_SCOPE.c
    statement = select(columns.person_id).where(
        columns.person_id == person_id, columns.person_id.in_(visible_persons(principal))
    )
    return (await session.execute(statement)).first() is not None


async def overlaps(
    session: AsyncSession, person_id: UUID, basis: Basis, purpose: Purpose, recipient: str, period: Period
) -> bool:
    """Whether something not withdrawn stands for this purpose and recipient in a part of the period."""
    wanted = [
        col(Consent.person_id) == person_id,
        col(Consent.basis) == basis.value,
        col(Consent.purpose) == purpose.value,
        col(Consent.recipient) == recipient,
        col(Consent.withdrawn_at).is_(None),
        or_(col(Consent.valid_to).is_(None), col(Consent.valid_to) > period.begins),
    ]
    if period.ends is not None:
        wanted.append(col(Consent.valid_from) < period.ends)
    return bool((await session.execute(select(exists().where(*wanted)))).scalar_one())


async def find_consent(session: AsyncSession, principal: Principal, consent_id: UUID) -> Consent | None:
    """The consent of a person in reach."""
    statement = select(Consent).where(
        col(Consent.id) == consent_id, col(Consent.person_id).in_(visible_persons(principal))
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def lock(session: AsyncSession, row: Consent) -> None:
    """Lock the row until the transaction ends, and see what others made of it meanwhile."""
    await session.refresh(row, with_for_update=True)


async def list_consents(
    session: AsyncSession, principal: Principal, person_id: UUID, page: PageRequest
) -> Sequence[Consent]:
    """The whole history of one person in reach, in the order it was recorded; one more than the page holds."""
    statement = select(Consent).where(
        col(Consent.person_id) == person_id, col(Consent.person_id).in_(visible_persons(principal))
    )
    after = page.after(1)
    if after is not None:
        statement = statement.where(col(Consent.id) > _position(after))
    found = await session.execute(statement.order_by(col(Consent.id)).limit(page.limit + 1))
    return found.scalars().all()


def _position(after: list[str]) -> UUID:
    try:
        return UUID(after[0])
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error
