"""HTTP of register imports."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.page import Page, PageDep, paged

from inzira_intake.register import service, settling
from inzira_intake.register.answer import MEDIA_TYPE
from inzira_intake.register.domain import ImportState, Outcome
from inzira_intake.register.phrases import choose_language
from inzira_intake.register.progress import follow_import
from inzira_intake.register.schemas import ImportAccepted, ImportRead, RowOutcome, RowRead, RowSettle, RowSettled
from inzira_intake.register.views import import_read, row_after, row_outcome, row_read
from inzira_intake.register.workbook import MAX_BYTES
from inzira_intake.wire import DeskDep

router = APIRouter(tags=["register"])

_BINARY = {"schema": {"type": "string", "format": "binary", "maxLength": MAX_BYTES}}
_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {MEDIA_TYPE: _BINARY, "application/octet-stream": _BINARY}},
    "x-max-body": MAX_BYTES,
}
ImportId = Annotated[UUID, Path(description="the import's id")]


async def _language(
    lang: Annotated[str | None, Query(max_length=8, description="en, rw or fr; before Accept-Language")] = None,
    accept_language: Annotated[str | None, Header(max_length=200)] = None,
) -> str:
    return choose_language(lang, accept_language)


LanguageDep = Annotated[str, Depends(_language)]


@router.post(
    "/v1/imports",
    status_code=202,
    response_model=ImportAccepted,
    summary="Send a facility's register",
    **declared("register:import", openapi_extra=_BODY),
)
async def send_register(
    request: Request, session: SessionDep, principal: PrincipalDep, clock: ClockDep, desk: DeskDep, once: OnceDep
) -> JSONResponse:
    """Take an .xlsx register and decide its rows in the background; the same file again is the same import."""
    found, again = await service.start_import(session, principal, clock, desk, await request.body())
    answer = ImportAccepted(id=found.id, version=found.version, state=ImportState(found.state), again=again)
    return await once.remember(202, answer)


@router.get("/v1/imports", summary="Registers sent", **declared("register:read"))
async def list_imports(session: SessionDep, principal: PrincipalDep, page: PageDep) -> Page[ImportRead]:
    """Newest first."""
    found = await service.list_imports(session, principal, page)
    items, cursor = paged(found, page.limit, lambda item: (item.created_at.isoformat(), item.id))
    return Page(items=[import_read(item) for item in items], next_cursor=cursor)


@router.get("/v1/imports/{import_id}", summary="One register and how far it is", **declared("register:read"))
async def read_import(import_id: ImportId, session: SessionDep, principal: PrincipalDep) -> ImportRead:
    """Counts by outcome, the lines left out, and the problem of a file that could not be read."""
    return import_read(await service.get_import(session, principal, import_id))


@router.get("/v1/imports/{import_id}/rows", summary="Rows of a register", **declared("register:read"))
async def list_rows(
    import_id: ImportId,
    session: SessionDep,
    principal: PrincipalDep,
    desk: DeskDep,
    page: PageDep,
    language: LanguageDep,
    outcome: Annotated[Outcome | None, Query(description="only rows that ended so")] = None,
    settled: Annotated[bool | None, Query(description="with outcome=review: only those settled, or not yet")] = None,
) -> Page[RowRead]:
    """Rows decided so far, in the order of the file."""
    found = await service.list_rows(
        session, principal, desk, import_id, outcome=outcome, settled=settled, after=row_after(page), limit=page.limit
    )
    items, cursor = paged(found, page.limit, lambda view: (view.row.row_number,))
    return Page(items=[row_read(view, language) for view in items], next_cursor=cursor)


@router.post(
    "/v1/imports/{import_id}/rows/{row}/settlement",
    status_code=201,
    response_model=RowSettled,
    summary="Settle a row that was put to review",
    **declared("register:import"),
)
async def settle_row(
    import_id: ImportId,
    row: Annotated[int, Path(ge=1, le=1_048_576, description="the spreadsheet's own row number")],
    body: RowSettle,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    desk: DeskDep,
    once: OnceDep,
) -> JSONResponse:
    """Say who the person of the row is; admits them where that follows. What the import answered stays as it was."""
    settled = await settling.settle_row(
        session,
        principal,
        clock,
        desk,
        import_id,
        row,
        body.settlement,
        person_id=body.person_id,
        readmission_type=body.readmission_type,
    )
    return await once.remember(201, RowSettled(row=row, settled_as=body.settlement, person_id=settled.person_id))


@router.get("/v1/imports/{import_id}/outcomes", summary="What every row became", **declared("register:read"))
async def list_outcomes(
    import_id: ImportId, session: SessionDep, principal: PrincipalDep, desk: DeskDep, language: LanguageDep
) -> list[RowOutcome]:
    """All rows of an import that is done, as one list."""
    return [row_outcome(view, language) for view in await service.list_outcomes(session, principal, desk, import_id)]


@router.get(
    "/v1/imports/{import_id}/answer",
    summary="The register with outcome and reason beside each row",
    response_class=Response,
    **declared(
        "register:read",
        responses={200: {"description": "the workbook", "content": {MEDIA_TYPE: _BINARY}}},
    ),
)
async def read_answer(
    import_id: ImportId, session: SessionDep, principal: PrincipalDep, desk: DeskDep, language: LanguageDep
) -> Response:
    """A copy of the workbook that was sent, for an import that is done."""
    answer = await service.make_answer(session, principal, desk, import_id, language)
    headers = {"Content-Disposition": f'attachment; filename="answer-{import_id}.xlsx"', "Cache-Control": "no-store"}
    return Response(answer, media_type=MEDIA_TYPE, headers=headers)


@router.get(
    "/v1/imports/{import_id}/progress",
    summary="Progress as server-sent events",
    response_class=StreamingResponse,
    **declared(
        "register:read",
        responses={200: {"description": "events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    ),
)
async def follow_progress(
    import_id: ImportId, request: Request, session: SessionDep, principal: PrincipalDep
) -> StreamingResponse:
    """Events `progress` with counts, and `end` when the import is done or failed."""
    await service.get_import(session, principal, import_id)
    state = request.app.state
    events = follow_import(state.sessions, state.service, principal, import_id)
    return StreamingResponse(
        events, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
