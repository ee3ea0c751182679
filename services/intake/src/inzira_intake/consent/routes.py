"""Consents and legal duties over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.http import Instant
from inzira_platform.page import Page, PageDep, paged

from inzira_intake.consent import duty, service
from inzira_intake.consent.domain import Language, Purpose
from inzira_intake.consent.schemas import (
    ConsentCreate,
    ConsentRead,
    ConsentWritten,
    DutyCreate,
    DutyList,
    DutyRead,
    EndCreate,
    TextList,
    TextRead,
)
from inzira_intake.consent.service import ConsentNames, open_names
from inzira_intake.consent.texts import agreement_texts, legal_duties
from inzira_intake.wire import DeskDep

router = APIRouter(tags=["consent"])


@router.post(
    "/v1/persons/{person_id}/consents", status_code=201, response_model=ConsentWritten, **declared("consent:record")
)
async def record_consent(
    person_id: UUID,
    body: ConsentCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    desk: DeskDep,
    once: OnceDep,
) -> JSONResponse:
    """Record that the person agreed: one purpose, one recipient, the text that was read, for at most 24 months."""
    row = await service.record_consent(session, principal, clock, desk.vault, person_id, body.as_consent())
    return await once.remember(201, ConsentWritten.of(row, clock.now()))


@router.get("/v1/persons/{person_id}/consents", **declared("consent:read"))
async def list_consents(
    person_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    desk: DeskDep,
    page: PageDep,
    as_of: Annotated[Instant | None, Query(description="states at this moment; now when left out")] = None,
) -> Page[ConsentRead]:
    """Every consent and legal duty ever recorded for the person, with its state at a moment."""
    rows = await service.list_consents(session, principal, person_id, page)
    shown, cursor = paged(rows, page.limit, lambda row: (row.id,))
    named, at = principal.can("person:identify"), as_of or clock.now()
    items = [ConsentRead.of(row, at, open_names(desk.vault, row) if named else ConsentNames()) for row in shown]
    return Page(items=items, next_cursor=cursor)


@router.post("/v1/consents/{consent_id}/withdrawal", response_model=ConsentWritten, **declared("consent:withdraw"))
async def withdraw_consent(
    consent_id: UUID, body: EndCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Take a consent back: it holds no longer from now on, everywhere within seconds. Asking again does no harm."""
    row = await service.withdraw_consent(session, principal, clock, consent_id, body.reference)
    return await once.remember(200, ConsentWritten.of(row, clock.now()))


@router.post(
    "/v1/persons/{person_id}/legal-duties",
    status_code=201,
    response_model=ConsentWritten,
    **declared("legal_duty:record"),
)
async def record_duty(
    person_id: UUID, body: DutyCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Record that a named law demands that data be given; never a consent, and not the person's to withdraw."""
    row = await duty.record_duty(session, principal, clock, person_id, body.as_duty())
    return await once.remember(201, ConsentWritten.of(row, clock.now()))


@router.post("/v1/legal-duties/{duty_id}/end", response_model=ConsentWritten, **declared("legal_duty:record"))
async def end_duty(
    duty_id: UUID, body: EndCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Record that the law demands it no longer; nothing is given by it from now on."""
    row = await duty.end_duty(session, principal, clock, duty_id, body.reference)
    return await once.remember(200, ConsentWritten.of(row, clock.now()))


@router.get("/v1/consent-texts", **declared("consent:read"))
async def list_texts(
    clock: ClockDep,
    purpose: Annotated[Purpose | None, Query(description="all when left out")] = None,
    language: Annotated[Language | None, Query(description="all when left out")] = None,
) -> TextList:
    """The texts that are read to a person before they agree, in every version, with their hashes."""
    found = [
        text for text in agreement_texts() if purpose in (None, text.purpose) and language in (None, text.language)
    ]
    return TextList(items=[TextRead.of(text, clock.today()) for text in found])


@router.get("/v1/legal-duties", **declared("consent:read"))
async def list_duties(clock: ClockDep) -> DutyList:
    """The laws by which data may be given without consent: whom they name, and which data."""
    return DutyList(items=[DutyRead.of(item, clock.today()) for item in legal_duties()])
