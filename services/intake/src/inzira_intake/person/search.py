"""Use cases: names for ids, and ids for names or identifiers, within the caller's reach."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.outbox import record_access
from inzira_platform.page import InvalidCursorError, PageRequest
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.person import repository
from inzira_intake.person.domain import NameMissingError, normalise_identifier
from inzira_intake.person.models import Person
from inzira_intake.person.service import index_of
from inzira_intake.vault import IdentityDesk
from inzira_intake.wording import fold

MOST_TOKENS = 6


async def list_names(session: AsyncSession, principal: Principal, ids: Iterable[UUID]) -> Sequence[Person]:
    """Those of the persons in reach, for joining names in; one access record for all of them."""
    found = await repository.list_persons(session, principal, ids)
    await record_access(session, principal, "person.names", [person.person_id for person in found], view="names")
    return found


async def search_identities(
    session: AsyncSession,
    principal: Principal,
    desk: IdentityDesk,
    page: PageRequest,
    *,
    name: str | None,
    identifier: str | None,
) -> Sequence[Person]:
    """Persons in reach by the beginnings of their names' words, or by an identifier; one more than the page holds.

    The access record names those on the page. Raises NameMissingError when neither says anything.
    """
    after = _after(page)
    if identifier:
        kinds = normalise_identifier(identifier, test_data=desk.test_data)
        indexes = [index_of(desk, item) for item in kinds]
        found = await repository.search_by_identifier(session, principal, indexes, page.limit, after)
    else:
        tokens = fold(name or "").split()[:MOST_TOKENS]
        if not tokens:
            raise NameMissingError("Give the beginning of a name, or an identifier.", field="name")
        found = await repository.search_by_name(session, principal, tokens, page.limit, after)
    shown = [person.person_id for person in found[: page.limit]]
    await record_access(session, principal, "person.search", shown, view="names")
    return found


def _after(page: PageRequest) -> Sequence[str] | None:
    """Name and id the page starts after. Raises InvalidCursorError."""
    after = page.after(2)
    if after is not None:
        try:
            UUID(after[1])
        except ValueError as error:
            raise InvalidCursorError(field="cursor") from error
    return after
