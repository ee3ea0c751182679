"""Row-level security: one database role per scope kind, entered per transaction (security.md 4).

`person_scope` says where each person is and who carries them, `casework_consent` to whom they agreed; the policies
of `person_scope` decide which persons a role sees, and every table about a person follows them. Repositories repeat
the predicate (`visible_persons`): it is what makes the plan fast; the policies are the net under it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, Text, Uuid, and_, bindparam, column, false, func, or_, select, table, text, true
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_platform.auth import Principal
from inzira_platform.casework import agreed

SCOPE_KINDS = ("facility", "caseload", "org", "national", "oversight", "none", "system", "partner")

Change = Callable[[AsyncSession], Awaitable[None]]

PERSON_SCOPE = table(
    "person_scope",
    *(
        column(name)
        for name in [
            "person_id",
            "facility",
            "incoming_facility",
            "org",
            "worker_id",
            "district",
            "custody_state",
            "updated_at",
        ]
    ),
)

LOCK_REACH = text(
    "SELECT person_id, facility, incoming_facility, org, worker_id, district, custody_state FROM person_scope "
    "WHERE person_id = ANY(CAST(:ids AS uuid[])) ORDER BY person_id FOR UPDATE"
)
# In sorted order, so that two transactions never wait for each other; who stays where they are costs no new row.
UPSERT_MANY = text(
    """
INSERT INTO person_scope AS s
  (person_id, facility, incoming_facility, org, worker_id, district, custody_state, updated_at)
SELECT n.person_id, n.facility, n.incoming_facility, n.org, n.worker_id, n.district, n.custody_state, clock_timestamp()
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS n(person_id uuid, facility text, incoming_facility text, org text,
                                                   worker_id text, district text, custody_state text)
ORDER BY n.person_id
ON CONFLICT (person_id) DO UPDATE SET facility = excluded.facility, incoming_facility = excluded.incoming_facility,
  org = excluded.org, worker_id = excluded.worker_id, district = excluded.district,
  custody_state = excluded.custody_state, updated_at = excluded.updated_at
WHERE (s.facility, s.incoming_facility, s.org, s.worker_id, s.district, s.custody_state) IS DISTINCT FROM
  (excluded.facility, excluded.incoming_facility, excluded.org, excluded.worker_id, excluded.district,
   excluded.custody_state)
"""
)

ENTER = text(
    "SELECT set_config('role', :role, true), set_config('app.sub', :sub, true), "
    "set_config('app.facilities', :facilities, true), set_config('app.org', :org, true), "
    "set_config('app.now', :now, true)"
)


BECOME = text("SELECT set_config('role', :role, true)")
IS_SYSTEM = "is_system"
"""Whether a session acts as the service itself at the moment."""


async def enter_scope(session: AsyncSession, service: str, principal: Principal) -> None:
    """Take on, until the transaction ends, the database role of the principal's scope kind and its context."""
    kind = principal.scope_kind if principal.scope_kind in SCOPE_KINDS else "none"
    session.info["service"] = service
    session.info["principal"] = principal
    session.info[IS_SYSTEM] = False
    await session.execute(
        ENTER,
        {
            "role": f"{service}_s_{kind}",
            "sub": principal.sub,
            "facilities": ",".join(principal.facilities),
            "org": principal.org or "",
            "now": session.info["clock"].now().isoformat() if "clock" in session.info else "",
        },
    )


@asynccontextmanager
async def as_system(session: AsyncSession) -> AsyncIterator[None]:
    """Inside the block the session acts as the service itself; outside, again as its principal.

    For what a user's act implies beyond their own reach (handing a person to another agency). Pending changes
    are flushed on both sides, so that each is checked under the role it was made in. A block within a block changes
    nothing.
    """
    if session.info.get(IS_SYSTEM):
        yield
        return
    async with _changed(session, _become_system, _become_principal):
        yield


async def end_as_system(session: AsyncSession) -> None:
    """From here until the transaction ends the session acts as the service itself.

    For the record an answer leaves, which is the last of what it writes. What is read afterwards is no longer held to
    the principal's reach: read before, whatever is theirs to see.
    """
    if not session.info.get(IS_SYSTEM):
        await session.flush()
        await _become_system(session)


@asynccontextmanager
async def as_principal(session: AsyncSession) -> AsyncIterator[None]:
    """Within a block of `as_system`: the session acts as its principal until this block ends."""
    if not session.info.get(IS_SYSTEM):
        yield
        return
    async with _changed(session, _become_principal, _become_system):
        yield


@asynccontextmanager
async def _changed(session: AsyncSession, there: Change, back: Change) -> AsyncIterator[None]:
    before = session.info.get(IS_SYSTEM, False)
    await session.flush()
    try:
        await there(session)
        yield
        await session.flush()
    except BaseException:
        # After an error of the database no statement is taken until the transaction, or a part of it, is rolled back,
        # and the role goes with it; the error itself must not be hidden by that.
        with suppress(DBAPIError):
            await _return(session, back)
        session.info[IS_SYSTEM] = before
        raise
    await _return(session, back)


async def _return(session: AsyncSession, back: Change) -> None:
    if session.in_transaction() and session.is_active:
        await back(session)


async def _become_system(session: AsyncSession) -> None:
    await session.execute(BECOME, {"role": f"{session.info['service']}_s_system"})
    session.info[IS_SYSTEM] = True


async def _become_principal(session: AsyncSession) -> None:
    await enter_scope(session, session.info["service"], session.info["principal"])


@lru_cache(maxsize=512)
def visible_persons(principal: Principal) -> Select[tuple[UUID]]:
    """SELECT of the person ids in the principal's reach: put it behind `person_id IN (…)`.

    What is kept is the question, not its answer: building it costs more than asking it.
    """
    return select(PERSON_SCOPE.c.person_id).where(_predicate(principal))


def _predicate(principal: Principal) -> Any:  # noqa: ANN401 - SQLAlchemy's boolean expressions have no common public type
    columns = PERSON_SCOPE.c
    match principal.scope_kind:
        case "facility":
            mine = principal.facilities
            return or_(_one_of(columns.facility, mine), _one_of(columns.incoming_facility, mine))
        case "caseload":
            # that it is the worker's own organisation follows: they may read no other's consents
            return and_(columns.worker_id == principal.sub, agreed(columns.person_id, columns.org))
        case "org":
            return and_(columns.org == (principal.org or ""), agreed(columns.person_id, columns.org))
        case "national" | "oversight" | "system":
            return true()
        case _:
            return false()


def _one_of(found: Any, wanted: Sequence[str]) -> Any:  # noqa: ANN401 - SQLAlchemy's boolean expressions have no common public type
    """IN; of one, as most officers have, it need not be written out anew each time."""
    return found == wanted[0] if len(wanted) == 1 else found.in_(wanted)


async def upsert(session: AsyncSession, person_id: UUID, **fields: str | None) -> None:
    """Write what is known of a person's reach: facility, incoming_facility, org, worker_id, district, custody_state.

    Fields not given keep their value. Runs under the role in hand; wrap in `as_system` where the act reaches further.
    """
    await session.execute(_upsert(tuple(fields)), {"person_id": person_id, **fields})


@cache
def _upsert(fields: tuple[str, ...]) -> Insert:
    given = {name: bindparam(name, type_=Text) for name in fields}
    new = insert(PERSON_SCOPE).values(
        person_id=bindparam("person_id", type_=Uuid), **given, updated_at=func.clock_timestamp()
    )
    kept = {name: new.excluded[name] for name in (*fields, "updated_at")}
    return new.on_conflict_do_update(index_elements=["person_id"], set_=kept)


async def lock_reach(session: AsyncSession, person_ids: Collection[UUID]) -> dict[UUID, dict[str, str | None]]:
    """The whole reach of those of these persons who are known, as `upsert_many` takes it, locked until the commit."""
    rows = (await session.execute(LOCK_REACH, {"ids": sorted(person_ids)})).mappings()
    return {row["person_id"]: {name: value for name, value in row.items() if name != "person_id"} for row in rows}


async def upsert_many(session: AsyncSession, reach: Mapping[UUID, Mapping[str, str | None]]) -> None:
    """Write the whole reach of many persons, as `upsert` names its fields; those not given become unknown."""
    rows = [{"person_id": str(person_id), **fields} for person_id, fields in reach.items()]
    if rows:
        await session.execute(UPSERT_MANY, {"rows": orjson.dumps(rows).decode()})
