"""The sample service of these tests."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from inzira_contracts.curriculum import CertificateIssued, EnrolmentChanged
from inzira_contracts.event import Event
from inzira_contracts.tvet import TrainingChanged
from inzira_platform.deps import IfMatchDep, OnceDep, PrincipalDep, SessionDep, StaleVersionError, declared
from inzira_platform.errors import DomainError, Kind, NotFoundError, NotYet
from inzira_platform.http import Code, Schema, Written
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit, record_access
from inzira_platform.scope import visible_persons
from inzira_platform.scope_feed import HANDLERS
from inzira_platform.service import Delivery, Received, Scanner, Service, Together
from inzira_platform.settings import ServiceSettings
from pydantic_settings import SettingsConfigDict
from sqlalchemy import column, insert, select, table, text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import JSONResponse

NOTE = table("note", column("id"), column("person_id"), column("code"))
router = APIRouter(tags=["note"])


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SAMPLE_")


class NoteCreate(Schema):
    person_id: UUID
    code: Code


class NoteRead(Schema):
    person_id: UUID
    code: str


class RefusedError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "note-refused"
    message = "Such a note is refused."


@router.post("/v1/notes", status_code=201, response_model=Written, **declared("training:manage"))
async def write_note(session: SessionDep, body: NoteCreate, once: OnceDep) -> JSONResponse:
    """Write one."""
    if body.code == "REFUSED":
        raise RefusedError(field="code")
    note = new_id()
    await session.execute(insert(NOTE).values(id=note, person_id=body.person_id, code=body.code))
    await emit(session, training_changed(body.person_id, body.code))
    if body.code == "CRASH":
        raise RuntimeError("after the event was written")
    return await once.remember(201, Written(id=note, version=1))


@router.get("/v1/notes", **declared("training:read"))
async def list_notes(
    session: SessionDep, principal: PrincipalDep, code: Annotated[str | None, Query(max_length=20)] = None
) -> list[NoteRead]:
    """List those in reach."""
    query = select(NOTE.c.person_id, NOTE.c.code).where(NOTE.c.person_id.in_(visible_persons(principal)))
    rows = (await session.execute(query)).all()
    await record_access(session, principal, "notes.list", [row.person_id for row in rows])
    return [NoteRead(person_id=row.person_id, code=row.code) for row in rows]


@router.get("/v1/notes/unfiltered", **declared("training:read"))
async def list_without_predicate(session: SessionDep) -> list[NoteRead]:
    """The same without the predicate: only the net is under it."""
    rows = (await session.execute(select(NOTE.c.person_id, NOTE.c.code))).all()
    return [NoteRead(person_id=row.person_id, code=row.code) for row in rows]


@router.get("/v1/notes/{note_id}", **declared("training:read"))
async def read_note(note_id: UUID, session: SessionDep, principal: PrincipalDep) -> NoteRead:
    """Read one."""
    query = select(NOTE.c.person_id, NOTE.c.code).where(
        NOTE.c.id == note_id, NOTE.c.person_id.in_(visible_persons(principal))
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFoundError
    await record_access(session, principal, "notes.read", [row.person_id])
    return NoteRead(person_id=row.person_id, code=row.code)


@router.put("/v1/notes/{note_id}", **declared("training:manage"))
async def change_note(note_id: UUID, body: NoteCreate, version: IfMatchDep) -> NoteRead:
    """Pretend to have version 3."""
    if version != 3:
        raise StaleVersionError
    return NoteRead(person_id=body.person_id, code=body.code)


def training_changed(person_id: UUID, state: str) -> TrainingChanged:
    """An event of the sample."""
    return TrainingChanged(
        person_id=person_id,
        occurred_at=datetime(2026, 1, 2, tzinfo=UTC),
        recorded_by="acc-1",
        training_id=new_id(),
        from_state="ENROLLED",
        to_state="ACTIVE",
    )


async def on_enrolment_changed(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """Write a note; what the event's reason says decides how it fails."""
    assert isinstance(event, EnrolmentChanged)
    known = await session.execute(text("SELECT 1 FROM person_scope WHERE person_id = :id"), {"id": event.person_id})
    if known.first() is None:
        raise NotYet("person")
    if event.reason_code == "CONTRADICTION":
        raise RefusedError
    code = f"V{meta.version}-{event.person_id}"
    await session.execute(insert(NOTE).values(id=new_id(), person_id=event.person_id, code=code))


async def on_certificates(session: AsyncSession, received: Sequence[Received]) -> None:
    """Write a note for each, and one that says how many came together; refuse all when one is refused."""
    rows = []
    for event, meta in received:
        assert isinstance(event, CertificateIssued)
        if event.reason_code == "CONTRADICTION":
            raise RefusedError
        code = f"C{meta.version}-OF-{len(received)}-{event.person_id}"
        rows.append({"id": new_id(), "person_id": event.person_id, "code": code})
    await session.execute(insert(NOTE), rows)


async def on_training_changed(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """Write down what this service itself has published."""
    code = f"ECHO-{meta.version}-{event.person_id}"
    await session.execute(insert(NOTE).values(id=new_id(), person_id=event.person_id, code=code))


async def _mark_due(session: AsyncSession, _clock: object) -> int:
    rows = await session.execute(text("UPDATE note SET code = code || '-DUE' WHERE code NOT LIKE '%-DUE' RETURNING id"))
    return len(rows.all())


SERVICE = Service(
    name="tvet",
    settings=Settings,
    routers=[router],
    handlers={
        **HANDLERS,
        EnrolmentChanged.type: on_enrolment_changed,
        CertificateIssued.type: Together(on_certificates),
        TrainingChanged.type: on_training_changed,
    },
    topics=["inzira.intake", "inzira.curriculum", "inzira.tvet"],
    scanners=[Scanner("notes", 60, _mark_due)],
    migrations=Path(__file__).parent / "sample" / "migrations",
)
