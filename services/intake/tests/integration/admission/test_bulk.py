"""Many admissions at once make the same rows and events as the same admissions one by one."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from inzira_intake.admission.bulk import admit_new_people
from inzira_intake.admission.domain import Admission, CommitmentOrder, CommitmentOrderMissingError, sections_unknown
from inzira_intake.admission.models import AdmissionSection
from inzira_intake.admission.opening import open_for_newcomer, store_openings
from inzira_intake.admission.service import Admitted, admit_person, bring_into_reach, checked
from inzira_intake.custody.domain import LegalStatus
from inzira_intake.custody.models import CustodyFact, Episode
from inzira_intake.person.domain import NewPerson, PossibleDuplicateError, RcsNumberKnownError, Sex
from inzira_intake.person.models import Person, PersonIdentifier, PersonNameToken
from inzira_intake.sentence.domain import single_term
from inzira_intake.sentence.duration import parse_duration
from inzira_intake.sentence.models import DateComputation, Sentence
from inzira_intake.settings import Settings
from inzira_intake.vault import IdentityDesk, open_desk
from inzira_platform.auth import Principal
from inzira_platform.clock import FixedClock
from inzira_platform.scope import enter_scope
from inzira_platform.service import Service
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.worker import make_runtime
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

OFFICER = Principal("acc-1", frozenset({"rcs_intake_officer"}), "facility", ("HUY",))
TABLES = (
    "person", "person_identifier", "person_name_token", "person_scope", "episode", "custody_fact", "admission_section",
    "sentence", "date_computation",
)  # fmt: skip
VARY = {"id", "person_id", "episode_id", "supersedes_id", "ciphertext", "blind_index", "last4", "updated_at", "token"}


@pytest.fixture
async def session(
    service: Service, settings: Settings, database: ServiceDatabase, clock: FixedClock
) -> AsyncIterator[AsyncSession]:
    """A transaction of an officer of Huye, committed at the end of the test's own block."""
    runtime = make_runtime(service, settings, clock)
    async with runtime.sessions() as opened:
        opened.info["clock"] = clock
        async with opened.begin():
            await enter_scope(opened, "intake", OFFICER)
            yield opened
    await runtime.engine.dispose()


@pytest.fixture
def desk(settings: Settings) -> IdentityDesk:
    """The keys of the test service."""
    return open_desk(settings.field_key_file, settings.test_data)


def admission(name: str, number: int, **given: Any) -> Admission:  # noqa: ANN401 - fields of an admission
    values: dict[str, Any] = {
        "person": NewPerson(
            full_name=name,
            sex=Sex.F,
            born_on=date(1980, 1, number),
            return_district="24",
            rcs_number=f"HUY-{number}",
            national_id=f"9198070000{number:03d}000",
        ),
        "facility": "HUY",
        "admitted_at": datetime(2020, 5, 4, 8, tzinfo=UTC),
        "order": CommitmentOrder("ORD/1", "TGI Huye"),
        "legal_status": LegalStatus.CONVICTED_FINAL,
        "sections": sections_unknown(contacts="a sister"),
        "offences": ("THEFT",),
        "sentence": single_term(parse_duration("P15Y6M"), date(2020, 5, 4), LegalStatus.CONVICTED_FINAL),
    }
    return Admission(**{**values, **given})


async def test_rows_and_events_are_those_of_one_admission(
    session: AsyncSession, desk: IdentityDesk, clock: FixedClock, database: ServiceDatabase
) -> None:
    one = await admit_person(session, OFFICER, clock, desk, admission("Uwase Agnès", 1))
    many = await admit_new_people(
        session, OFFICER, clock, desk, [admission("Uwera Agnès", 2), admission("Uwera Aline", 3)]
    )
    assert all(isinstance(made, Admitted) for made in many)
    await session.commit()
    for table in TABLES:
        rows = await database.rows(f"SELECT * FROM {table}")  # noqa: S608 - our own names
        by_person = {person: _shape(rows, person) for person in (one.person_id, *[m.person_id for m in many])}  # type: ignore[union-attr]  # asserted above
        first = by_person.pop(one.person_id)
        assert first, table
        assert all(shape == first for shape in by_person.values()), table
    events = await database.events()
    for made in many:
        told = [event for event in events if event.person_id == made.person_id]  # type: ignore[union-attr]  # same
        assert [type(event) for event in told] == [type(e) for e in events if e.person_id == one.person_id]
    assert {row["version"] for row in await database.rows("SELECT version FROM event_stream")} == {3}


async def test_every_value_is_stored_as_it_was_made(
    session: AsyncSession, desk: IdentityDesk, clock: FixedClock
) -> None:
    named = NewPerson(
        'Uwase "Agnès" \\ Ünal', Sex.F, known_names=("A, {b}", "Ñ'c"), birth_year=1980, rcs_number="HUY-7"
    )
    given = admission("x", 1, person=named, sections=sections_unknown(contacts="a sister", injuries="none\n\\x00"))
    opening = open_for_newcomer(OFFICER, clock, desk, checked(given, OFFICER, clock))
    await bring_into_reach(session, [opening])
    await store_openings(session, [opening])
    assert {type(row) for row in opening.rows()} == {
        Person, PersonNameToken, PersonIdentifier, Episode, CustodyFact, AdmissionSection, Sentence, DateComputation,
    }  # fmt: skip
    for made in opening.rows():
        mapper = inspect(type(made))
        kept = await session.get(type(made), mapper.primary_key_from_instance(made))
        assert kept is not None
        assert kept is not made
        assert kept.model_dump() == made.model_dump()


async def test_known_people_are_told_and_the_others_admitted(
    session: AsyncSession, desk: IdentityDesk, clock: FixedClock, database: ServiceDatabase
) -> None:
    await admit_person(session, OFFICER, clock, desk, admission("Uwase Agnès", 1))
    same_name = admission("AGNÈS uwase", 1).person
    likely = NewPerson(same_name.full_name, Sex.F, born_on=same_name.born_on, rcs_number="HUY-9")
    made = await admit_new_people(
        session,
        OFFICER,
        clock,
        desk,
        [
            admission("Mukamana Rose", 1),
            admission("x", 4, person=likely),
            admission("Uwera Aline", 5),
            admission("x", 4, person=likely, confirmed_new=True),
        ],
    )
    assert [type(one) for one in made] == [RcsNumberKnownError, PossibleDuplicateError, Admitted, Admitted]
    await session.commit()
    assert await database.value("SELECT count(*) FROM person") == 3


async def test_broken_rule_stops_all_before_anything_is_written(
    session: AsyncSession, desk: IdentityDesk, clock: FixedClock, database: ServiceDatabase
) -> None:
    broken = admission("Uwera Aline", 2, order=CommitmentOrder("", "TGI Huye"))
    with pytest.raises(CommitmentOrderMissingError):
        await admit_new_people(session, OFFICER, clock, desk, [admission("Uwase Agnès", 1), broken])
    await session.commit()
    assert await database.value("SELECT count(*) FROM person_scope") == 0


async def test_nobody_is_nobody(session: AsyncSession, desk: IdentityDesk, clock: FixedClock) -> None:
    assert await admit_new_people(session, OFFICER, clock, desk, []) == []


def _shape(rows: list[dict[str, Any]], person: object) -> list[dict[str, Any]]:
    """A person's rows without what must differ."""
    different = VARY | {"full_name", "normalised_name", "name_key", "born_on"}
    mine = [{k: v for k, v in row.items() if k not in different} for row in rows if row["person_id"] == person]
    return sorted(mine, key=repr)
