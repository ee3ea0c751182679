"""Use cases about register imports that a request asks for. The work itself is the worker's (`processing.py`)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from inzira_platform.auth import Principal
from inzira_platform.bell import call
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import record_access
from inzira_platform.page import InvalidCursorError, PageRequest
from inzira_platform.scope import as_system
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.register import repository
from inzira_intake.register.answer import Verdict
from inzira_intake.register.domain import (
    AnswerGoneError,
    ImportBrokenError,
    ImportFailedError,
    ImportNotDoneError,
    ImportNotFoundError,
    ImportState,
    NoFacilityError,
    Outcome,
    RowDraft,
)
from inzira_intake.register.drafts import draft_of, open_file, seal_file
from inzira_intake.register.models import RegisterImport, RegisterRow
from inzira_intake.register.patience import beside, write_answer_apart
from inzira_intake.register.reading import inspect_register
from inzira_intake.vault import IdentityDesk

# Reading a workbook is work for a processor, not for the loop; one at a time keeps the memory bounded.
_READERS = CapacityLimiter(2)
_ACCESS_BATCH = 1000  # the most an access record names


@dataclass(frozen=True)
class RowView:
    """A row with its draft; the draft is None once it was deleted with the file."""

    row: RegisterRow
    draft: RowDraft | None


async def start_import(
    session: AsyncSession, principal: Principal, clock: Clock, desk: IdentityDesk, content: bytes
) -> tuple[RegisterImport, bool]:
    """Keep a register for the worker. The same bytes from the same facilities are the import they were before: the
    flag says so.

    Raises NoFacilityError, and the errors of `reading.inspect_register`: one clear problem for the file, and nothing
    is kept.
    """
    reach = ",".join(sorted(principal.facilities))
    if not reach:
        raise NoFacilityError
    digest = hashlib.sha256(content).digest()
    known = await repository.find_by_hash(session, digest, reach)
    if known is not None:
        await _go_on(session, known)
        return known, True
    await beside(session, to_thread.run_sync(partial(inspect_register, content), limiter=_READERS))
    await repository.lock_hash(session, digest)
    known = await repository.find_by_hash(session, digest, reach)
    if known is not None:
        return known, True
    now, import_id = clock.now(), new_id()
    sealed = seal_file(content, import_id, desk.vault)
    made = RegisterImport(
        id=import_id,
        file_hash=digest,
        reach=reach,
        state=ImportState.RECEIVED.value,
        ignored=[],
        ciphertext=sealed.ciphertext,
        key_version=sealed.key_version,
        created_by=principal.sub,
        created_at=now,
        touched_at=now,
    )
    session.add(made)
    await session.flush()
    call(session, repository.BELL)
    return made, False


async def _go_on(session: AsyncSession, known: RegisterImport) -> None:
    """An import that stopped on a fault of the system is taken up again where it stopped."""
    if known.problem is None or known.problem["code"] != ImportBrokenError.code:
        return
    async with as_system(session):
        known.state = (ImportState.RUNNING if known.total else ImportState.RECEIVED).value
        known.attempts, known.problem, known.finished_at = 0, None, None
        known.version += 1
    call(session, repository.BELL)


async def get_import(session: AsyncSession, principal: Principal, import_id: UUID) -> RegisterImport:
    """The import, when all its facilities are the caller's.

    Raises ImportNotFoundError.
    """
    found = await repository.find_import(session, import_id, _facilities(principal))
    if found is None:
        raise ImportNotFoundError
    return found


async def list_imports(session: AsyncSession, principal: Principal, page: PageRequest) -> Sequence[RegisterImport]:
    """The caller's imports, newest first; one more than the page holds."""
    return await repository.list_imports(session, _facilities(principal), page.limit, _place_after(page))


async def list_rows(
    session: AsyncSession,
    principal: Principal,
    desk: IdentityDesk,
    import_id: UUID,
    *,
    outcome: Outcome | None = None,
    settled: bool | None = None,
    after: int = 0,
    limit: int | None = None,
) -> Sequence[RowView]:
    """Decided rows in the order of the file, all or one more than `limit`, with the access record of who is shown.

    Raises ImportNotFoundError.
    """
    await get_import(session, principal, import_id)
    rows = await repository.list_rows(
        session, import_id, outcome=outcome.value if outcome else None, settled=settled, after=after, limit=limit
    )
    await _record_access(session, principal, rows[:limit] if limit else rows)
    return [RowView(row, draft_of(row, desk.vault)) for row in rows]


async def list_outcomes(
    session: AsyncSession, principal: Principal, desk: IdentityDesk, import_id: UUID
) -> Sequence[RowView]:
    """Every row of an import that is done.

    Raises ImportNotFoundError, ImportNotDoneError, ImportFailedError.
    """
    _require_done(await get_import(session, principal, import_id))
    return await list_rows(session, principal, desk, import_id)


async def make_answer(
    session: AsyncSession, principal: Principal, desk: IdentityDesk, import_id: UUID, language: str
) -> bytes:
    """The answer workbook of an import that is done, in `language` (en, rw, fr).

    Raises ImportNotFoundError, ImportNotDoneError, ImportFailedError, AnswerGoneError.
    """
    _require_done(await get_import(session, principal, import_id))
    sealed = await repository.sealed_file(session, import_id)
    if sealed is None:
        raise AnswerGoneError
    rows = await repository.list_rows(session, import_id)
    await _record_access(session, principal, rows)
    verdicts = {
        row.row_number: Verdict(Outcome(row.outcome), tuple(row.reasons), tuple(row.notices))
        for row in rows
        if row.outcome
    }
    content = open_file(sealed, import_id, desk.vault)
    return await beside(session, write_answer_apart(content, verdicts, language))


def _place_after(page: PageRequest) -> tuple[datetime, UUID] | None:
    after = page.after(2)
    if after is None:
        return None
    try:
        return datetime.fromisoformat(after[0]), UUID(after[1])
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error


def _require_done(found: RegisterImport) -> None:
    if found.state == ImportState.FAILED:
        raise ImportFailedError
    if found.state != ImportState.DONE:
        raise ImportNotDoneError


def _facilities(principal: Principal) -> Sequence[str] | None:
    return None if principal.scope_kind == "system" else principal.facilities


async def _record_access(session: AsyncSession, principal: Principal, rows: Sequence[RegisterRow]) -> None:
    shown = [row.person_id for row in rows if row.person_id]
    for start in range(0, len(shown), _ACCESS_BATCH):
        await record_access(session, principal, "register.view", shown[start : start + _ACCESS_BATCH], view="names")
