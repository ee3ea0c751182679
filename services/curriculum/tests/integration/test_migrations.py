"""The migrations make the tables the models describe, and nobody is let past the policies."""

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
