"""The worker's side of an import: read the file once, then decide its rows chunk by chunk, each in one transaction.

A chunk's outcomes are committed with the admissions they tell of: a worker killed anywhere goes on where the last
transaction ended, and no row is decided twice.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from anyio import to_thread
from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.errors import DomainError
from inzira_platform.failpoints import failpoint
from inzira_platform.inbox import is_transient
from inzira_platform.logging import log
from inzira_platform.service import Scanner
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.register import repository
from inzira_intake.register.admitting import Ended, RowFailedError, admit_alone, admit_together
from inzira_intake.register.comparison import load_known
from inzira_intake.register.domain import Decision, ImportBrokenError, ImportState, Outcome, RowDraft, decide_all
from inzira_intake.register.drafts import draft_of, open_file, row_of
from inzira_intake.register.models import RegisterImport
from inzira_intake.register.patience import beside
from inzira_intake.register.places import place_rules
from inzira_intake.register.reading import Register, read_register
from inzira_intake.register.rows import Rules
from inzira_intake.settings import Settings
from inzira_intake.vault import IdentityDesk, open_desk

CHUNK = 50
ATTEMPTS = 5
KEPT_DAYS = 30


async def advance_imports(session: AsyncSession, clock: Clock) -> int:
    """One step of one open import: reading its file, or deciding its next 50 rows. Returns 0 when none is open."""
    found = await repository.take_open_import(session)
    if found is None:
        return 0
    found.touched_at = clock.now()
    found.version += 1
    await session.flush()
    try:
        async with session.begin_nested():
            await _step(session, clock, _desk(session), found)
            await session.flush()
    except Exception as error:
        if is_transient(error):
            raise
        log().error("register.step_failed", error_class=type(error).__name__, exc_info=True)
        await _set_aside(session, clock, found)
        return 0
    return 1


async def _step(session: AsyncSession, clock: Clock, desk: IdentityDesk, found: RegisterImport) -> None:
    if found.state == ImportState.RECEIVED:
        await _read_file(session, clock, desk, found)
    else:
        await _decide_chunk(session, clock, desk, found)
    found.attempts = 0


async def _set_aside(session: AsyncSession, clock: Clock, found: RegisterImport) -> None:
    """Let other imports go first; after five failed attempts this one ends, and sending the file again goes on."""
    await session.refresh(found, ["state", "attempts", "problem", "finished_at"])
    found.attempts += 1
    if found.attempts >= ATTEMPTS:
        error = ImportBrokenError()
        found.state, found.finished_at = ImportState.FAILED.value, clock.now()
        found.problem = {"code": error.code, "detail": error.detail}
    await session.flush()


async def forget_old_files(session: AsyncSession, clock: Clock) -> int:
    """Delete files and drafts 30 days after their import ended (domain.md 8: no longer than needed)."""
    return await repository.forget_files(session, clock.now() - timedelta(days=KEPT_DAYS))


SCANNERS = [
    Scanner("register.import", 5.0, advance_imports, bell=repository.BELL),
    Scanner("register.retention", 3600.0, forget_old_files),
]


def _desk(session: AsyncSession) -> IdentityDesk:
    settings = session.info["settings"]
    assert isinstance(settings, Settings)  # noqa: S101 - the worker of this service runs with its settings
    return open_desk(settings.field_key_file, settings.test_data)


async def _read_file(session: AsyncSession, clock: Clock, desk: IdentityDesk, found: RegisterImport) -> None:
    """All rows as drafts, in one transaction; or the one problem of the file and nothing else."""
    sealed = await repository.sealed_file(session, found.id)
    assert sealed is not None  # noqa: S101 - files are deleted only when their import is done
    rules = place_rules(clock.today(), test_data=desk.test_data)
    try:
        register = await beside(session, to_thread.run_sync(partial(_register_of, sealed, found.id, desk, rules)))
    except DomainError as error:
        found.state, found.finished_at = ImportState.FAILED.value, clock.now()
        found.problem = {"code": error.code, "detail": error.detail, **error.facts}
        return
    await repository.add_rows(session, [row_of(draft, found.id, desk.vault) for draft in register.drafts])
    found.state = ImportState.RUNNING.value
    found.total, found.heading_row = len(register.drafts), register.heading_row
    found.ignored = [{"row": line.row, "why": line.why.value} for line in register.ignored]


def _register_of(sealed: tuple[bytes, int], import_id: UUID, desk: IdentityDesk, rules: Rules) -> Register:
    return read_register(open_file(sealed, import_id, desk.vault), rules)


async def _decide_chunk(session: AsyncSession, clock: Clock, desk: IdentityDesk, found: RegisterImport) -> None:
    """The next rows together; their admissions one by one only where a rule or the database refuses one of them."""
    rows = await repository.next_rows(session, found.id, CHUNK)
    drafts = [draft for row in rows if (draft := draft_of(row, desk.vault)) is not None]
    facilities = frozenset(found.reach.split(","))
    known = await load_known(session, desk.vault, found.id, drafts, facilities)
    decided = decide_all(drafts, known, facilities)
    ended = await _admit(session, clock, desk, found, [pair for pair in decided if _is_admitted(pair)])
    people = {draft.number_key: person_id for draft, _, person_id in ended}
    now = clock.now()
    by_row = {draft.row: (decision, person_id) for draft, decision, person_id in ended}
    values = []
    for draft, first in decided:
        decision, person_id = by_row.get(draft.row, (first, _person_of(draft, first, people)))
        values.append(_values(found.id, draft.row, decision, person_id, now))
    await repository.write_decisions(session, values)
    await failpoint("register_chunk")
    await _count(session, found, now)


async def _admit(
    session: AsyncSession,
    clock: Clock,
    desk: IdentityDesk,
    found: RegisterImport,
    admitted: Sequence[tuple[RowDraft, Decision]],
) -> list[Ended]:
    drafts = [draft for draft, _ in admitted]
    try:
        async with session.begin_nested():
            return await admit_together(session, _sender(found), clock, desk, drafts)
    except RowFailedError:
        return [await admit_alone(session, _sender(found), clock, desk, draft) for draft in drafts]


def _is_admitted(pair: tuple[RowDraft, Decision]) -> bool:
    return pair[1].outcome is Outcome.ADMITTED


def _person_of(draft: RowDraft, decision: Decision, people: Mapping[str | None, UUID | None]) -> UUID | None:
    """Who a duplicate is: somebody known before, or admitted from an earlier row of the same chunk."""
    if decision.outcome is not Outcome.DUPLICATE or decision.match is None:
        return None
    return decision.match.person_id or (people.get(draft.number_key) if decision.match.in_file else None)


async def _count(session: AsyncSession, found: RegisterImport, now: datetime) -> None:
    counts = await repository.count_outcomes(session, found.id)
    for outcome in Outcome:
        setattr(found, outcome.value, counts.get(outcome.value, 0))
    found.done = sum(counts.values())
    if found.done == found.total:
        found.state, found.finished_at = ImportState.DONE.value, now


def _sender(found: RegisterImport) -> Principal:
    """The officer who sent the register, with the reach they had then: the admissions are theirs."""
    return Principal(
        sub=found.created_by,
        roles=frozenset({"rcs_intake_officer"}),
        scope_kind="facility",
        facilities=tuple(found.reach.split(",")),
    )


def _values(
    import_id: UUID, row_number: int, decision: Decision, person_id: UUID | None, now: datetime
) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "row_number": row_number,
        "outcome": decision.outcome.value,
        "reasons": [reason.value for reason in decision.reasons],
        "notices": [notice.value for notice in decision.notices],
        "person_id": person_id,
        "match_id": decision.match.person_id if decision.match else None,
        "decided_at": now,
    }
