"""The migrations make the tables the models describe, and nobody is let past the policies."""

from datetime import date

import asyncpg
import pytest
from curriculum_scene import Custody, Office, written
from inzira_curriculum.models import Base
from inzira_platform.migrate import drift
from inzira_platform.testing.database import ServiceDatabase

PERSONAL = {
    "participant",
    "person_flag",
    "enrolment",
    "enrolment_change",
    "attendance_mark",
    "test_result",
    "certificate",
    "certificate_duplicate",
}


async def test_models_and_migrations_are_in_step(database: ServiceDatabase) -> None:
    assert await drift(database.migrator_dsn, Base.metadata) == []


async def test_every_table_about_persons_forces_row_level_security(database: ServiceDatabase) -> None:
    rows = await database.rows("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
    assert PERSONAL | {"cohort", "session_record"} <= {row["relname"] for row in rows}


async def test_history_cannot_be_rewritten(database: ServiceDatabase) -> None:
    rows = await database.rows(
        "SELECT table_name, column_name FROM information_schema.column_privileges "
        "WHERE privilege_type = 'UPDATE' AND grantee LIKE 'curriculum_s_%' "
        "AND table_name IN ('enrolment_change', 'certificate', 'attendance_mark', 'test_result', 'session_record')"
    )
    assert {row["column_name"] for row in rows} == {"is_current", "event_version"}
    assert {row["table_name"] for row in rows} == {"attendance_mark", "test_result", "session_record"}


async def test_no_table_has_a_name_in_it(database: ServiceDatabase) -> None:
    rows = await database.rows("SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'")
    named = {row["column_name"] for row in rows} & {"name", "first_name", "full_name", "national_id", "phone"}
    assert named == set()


@pytest.mark.parametrize(
    ("kind", "facilities", "sees"),
    [("facility", "HUY", True), ("facility", "MUS", False), ("facility", "", False), ("caseload", "HUY", False)],
)
async def test_policies_hide_what_is_not_yours_even_from_a_bare_query(
    custody: Custody, office: Office, database: ServiceDatabase, kind: str, facilities: str, sees: bool
) -> None:
    cohort = await office.open()
    enrolment = await office.enrol(cohort, await custody.admit())
    written(await office.mark(cohort, "M1-S1", {enrolment: "P"}))
    written(await office.test(enrolment, "PRE", 10, date(2026, 1, 5)))
    connection = await asyncpg.connect(database.app_dsn)
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('app.facilities', $1, true)", facilities)
            await connection.execute(f"SET LOCAL ROLE curriculum_s_{kind}")
            for table in ("participant", "enrolment", "enrolment_change", "attendance_mark", "test_result"):
                found = await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of this list
                assert (found > 0) is sees, table
    finally:
        await connection.close()


async def test_a_bare_login_sees_nothing(custody: Custody, database: ServiceDatabase) -> None:
    await custody.admit()
    connection = await asyncpg.connect(database.app_dsn)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT * FROM participant")
    finally:
        await connection.close()
