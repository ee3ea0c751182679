"""Persons over HTTP: one person, names for ids, ids for names."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from inzira_platform.deps import ClockDep, IfMatchDep, PrincipalDep, SessionDep, declared
from inzira_platform.errors import ForbiddenError
from inzira_platform.http import Written, etag
from inzira_platform.page import Page, PageDep, paged

from inzira_intake.person import search, service
from inzira_intake.person.schemas import NameList, NameRead, PersonRead, PersonUpdate
from inzira_intake.wire import DeskDep

router = APIRouter(tags=["person"])


@router.get("/v1/persons/{person_id}", **declared("person:read"))
async def read_person(person_id: UUID, session: SessionDep, principal: PrincipalDep, response: Response) -> PersonRead:
    """One person, as far as the caller may see them; the ETag is what a change must carry in If-Match."""
    view = await service.view_person(session, principal, person_id)
    if view.person is not None:
        response.headers["ETag"] = etag(view.person.version)
    return PersonRead.of(view, named=principal.can("person:identify"))


@router.patch("/v1/persons/{person_id}", **declared("person:update"))
async def update_person(
    person_id: UUID,
    body: PersonUpdate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    desk: DeskDep,
    version: IfMatchDep,
    response: Response,
) -> Written:
    """Change details; the If-Match header holds the ETag that was read."""
    person = await service.change_person(
        session, principal, clock, desk, person_id, body.as_change(), expected_version=version
    )
    response.headers["ETag"] = etag(person.version)
    return Written(id=person.person_id, version=person.version)


@router.get("/v1/names", **declared("person:identify"))
async def list_names(
    session: SessionDep,
    principal: PrincipalDep,
    ids: Annotated[list[UUID], Query(min_length=1, max_length=200, description="repeat the parameter per id")],
) -> NameList:
    """Names of these persons, of those the caller may see."""
    found = await search.list_names(session, principal, ids)
    return NameList(items=[NameRead.of(person) for person in found])


@router.get("/v1/identities", **declared("person:search"))
async def search_identities(
    session: SessionDep,
    principal: PrincipalDep,
    desk: DeskDep,
    page: PageDep,
    name: Annotated[str | None, Query(min_length=1, max_length=100, description="beginnings of name words")] = None,
    identifier: Annotated[
        str | None, Query(min_length=2, max_length=40, description="RCS, national identity or telephone number")
    ] = None,
) -> Page[NameRead]:
    """Persons by the beginnings of their names' words, or by an identifier; by name."""
    if not principal.can("person:identify"):
        raise ForbiddenError
    found = await search.search_identities(session, principal, desk, page, name=name, identifier=identifier)
    shown, cursor = paged(found, page.limit, lambda person: (person.normalised_name, person.person_id))
    return Page(items=[NameRead.of(person) for person in shown], next_cursor=cursor)
