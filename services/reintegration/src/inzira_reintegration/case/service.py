"""Use cases on the case itself: finding, listing, keeping its version."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.outbox import record_access
from inzira_platform.page import InvalidCursorError, PageRequest, paged
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.case import repository
from inzira_reintegration.case.domain import (
    CaseChangedError,
    CaseNotFoundError,
    CaseState,
    Consent,
    HandedOverError,
    require_open,
)
from inzira_reintegration.case.events import case_closed, case_opened, contact_lost
from inzira_reintegration.case.models import Case
from inzira_reintegration.case.repository import FAR, CaseFilter

__all__ = [
    "CaseFilter",
    "among_followed",
    "case_closed",
    "case_opened",
    "cases_of_person",
    "change_case",
    "consents_for",
    "contact_lost",
    "find_open_case",
    "list_cases",
    "load_case",
    "previous_cases",
    "read_case",
    "touch",
    "without_consent",
]


async def load_case(session: AsyncSession, principal: Principal, case_id: UUID, *, lock: bool = False) -> Case:
    """A case in the principal's reach.

    Raises CaseNotFoundError for one that is not there or not theirs.
    """
    case = await repository.get(session, principal, case_id, lock=lock)
    if case is None:
        raise CaseNotFoundError
    return case


async def change_case(
    session: AsyncSession, principal: Principal, clock: Clock, case_id: UUID, version: int | None = None
) -> Case:
    """Lock an open case for a change and move its version on.

    Raises CaseNotFoundError, CaseClosedError, CaseChangedError when `version` is not the current one, and
    HandedOverError when a facility's officer would change the time after release.
    """
    case = await load_case(session, principal, case_id, lock=True)
    if version is not None and case.version != version:
        raise CaseChangedError
    require_open(CaseState(case.state))
    if principal.scope_kind == "facility" and case.state != CaseState.PRE_RELEASE:
        raise HandedOverError
    touch(case, clock)
    return case


def touch(case: Case, clock: Clock) -> None:
    """Move the version on: whoever read the case before must read it again."""
    case.version += 1
    case.updated_at = clock.now()


async def find_open_case(session: AsyncSession, person_id: UUID) -> Case | None:
    """The person's open case, locked until the transaction ends; None when there is none."""
    return await repository.open_of(session, person_id)


async def among_followed(session: AsyncSession, person_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these persons who have an open case."""
    return await repository.among_followed(session, person_ids) if person_ids else frozenset()


async def previous_cases(session: AsyncSession, person_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The newest case per person: what a new episode names as its previous one."""
    return await repository.latest_of(session, person_ids) if person_ids else {}


async def read_case(session: AsyncSession, principal: Principal, case_id: UUID) -> Case:
    """A case, with the access recorded.

    Raises CaseNotFoundError.
    """
    case = await load_case(session, principal, case_id)
    await record_access(session, principal, "reintegration.case.read", [case.person_id])
    return case


async def list_cases(
    session: AsyncSession, principal: Principal, wanted: CaseFilter, page: PageRequest
) -> tuple[list[Case], str | None]:
    """One page of the cases in the principal's reach, with the access recorded.

    Raises InvalidCursorError.
    """
    after = page.after(2)
    if after is not None:
        _check_cursor(after)
    rows = await repository.page(session, principal, wanted, after, page.limit)
    items, following = paged(rows, page.limit, lambda case: (getattr(case, wanted.sort) or FAR, case.id))
    await record_access(session, principal, "reintegration.case.list", [case.person_id for case in items])
    return items, following


async def cases_of_person(session: AsyncSession, principal: Principal, person_id: UUID) -> Sequence[Case]:
    """Every episode of one person, the newest first, with the access recorded.

    Raises CaseNotFoundError when none is visible.
    """
    cases = await repository.of_person(session, principal, person_id)
    if not cases:
        raise CaseNotFoundError
    await record_access(session, principal, "reintegration.person.cases", [person_id])
    return cases


async def consents_for(
    session: AsyncSession, principal: Principal, cases: Sequence[Case]
) -> Mapping[UUID, Consent] | None:
    """What a facility is told of each case: whether the organisation may see the person. None: not a facility.

    Who belongs to the organisation sees the case only while the consent stands.
    """
    if principal.scope_kind != "facility":
        return None
    standing = await repository.agreed_among(session, [case.id for case in cases])
    return {case.id: Consent.STANDING if case.id in standing else Consent.MISSING for case in cases}


async def without_consent(session: AsyncSession, principal: Principal, limit: int) -> Sequence[Case]:
    """Open cases in reach that nobody can work on until the person is asked."""
    return await repository.without_consent(session, principal, limit)


def _check_cursor(after: list[str]) -> None:
    try:
        date.fromisoformat(after[0])
        UUID(after[1])
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error
