"""Who may enter, soonest to leave first; the list and the rule agree."""

from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest
from curriculum_scene import STARTS, Custody, Office, refused
from inzira_contracts.codes import FlagLevel, FlagState
from inzira_contracts.reintegration import FlagChanged, FlagRaised
from inzira_curriculum.participant.domain import Standing, assess
from inzira_curriculum.programme.service import get_newest
from inzira_platform.clock import kigali_midnight
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api

PATH = "/v1/curriculum/eligible"
AS_OF = {"facility": "HUY", "as_of": str(STARTS)}


async def test_the_eligible_are_listed_by_the_day_they_leave(api: Api, custody: Custody, office: Office) -> None:
    late = await custody.admit(release=date(2027, 9, 1))
    soon = await custody.admit(release=date(2035, 1, 1), parole=date(2026, 8, 1))
    await custody.admit(status="REMAND")
    await custody.admit("MUS")
    enrolled = await custody.admit()
    await office.enrol(await office.open(), enrolled)
    body = (await office.caller.get(PATH, params=AS_OF)).json()
    assert [(one["person_id"], one["is_priority"]) for one in body["items"]] == [(str(soon), True), (str(late), False)]
    (record,) = await api.database.events(access=True)
    assert (record.operation, set(record.person_ids)) == ("curriculum.eligible.list", {soon, late})


async def test_the_list_is_paged(custody: Custody, office: Office) -> None:
    people = [await custody.admit(release=date(2027, 1, 1) + timedelta(days=day // 2)) for day in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        params = {**AS_OF, "limit": 2, **({"cursor": cursor} if cursor else {})}
        body = (await office.caller.get(PATH, params=params)).json()
        seen += [one["person_id"] for one in body["items"]]
        cursor = body["next_cursor"]
        if cursor is None:
            break
    assert set(seen) == {str(person) for person in people}
    assert len(seen) == 5


async def test_the_list_agrees_with_the_rule_for_every_kind_of_person(custody: Custody, office: Office) -> None:
    rules = get_newest("CORRECTIONAL").eligibility
    releases = [None, date(2026, 7, 4), date(2026, 7, 5), date(2029, 1, 5), date(2029, 1, 6), date(2025, 1, 1)]
    expected: set[UUID] = set()
    for release, parole, status, left in product(
        releases, [None, date(2026, 12, 1)], ["CONVICTED_FINAL", "REMAND"], [None, STARTS, date(2026, 3, 1)]
    ):
        person = await custody.admit(release=release, parole=parole, status=status)
        if left is not None:
            await custody.send(custody.released(person, left))
        standing = Standing(
            legal_status=status,
            custody_state="RELEASED" if left else "IN_FACILITY",
            admitted_on=date(2024, 5, 6),
            released_on=left,
            expected_release_on=release,
            parole_eligible_on=parole,
        )
        if assess(standing, rules, STARTS).is_eligible:
            expected.add(person)
    body = (await office.caller.get(PATH, params={**AS_OF, "limit": 200})).json()
    assert {UUID(one["person_id"]) for one in body["items"]} == expected
    assert expected


async def test_another_facility_lists_nobody(api: Api, custody: Custody, office: Office) -> None:
    await custody.admit()
    assert (await Office(api, "MUS").caller.get(PATH, params=AS_OF)).json()["items"] == []
    assert (await office.caller.get(PATH, params={**AS_OF, "facility": "MUS"})).json()["items"] == []
    assert await api.database.events(access=True) == []


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({}, 422),
        ({"facility": "huye"}, 422),
        ({"facility": "HUY", "programme": "NONE"}, 404),
        ({"facility": "HUY", "as_of": "x"}, 422),
    ],
)
async def test_a_malformed_search_is_refused(office: Office, params: dict[str, str], status: int) -> None:
    assert (await office.caller.get(PATH, params=params)).status_code == status


async def test_the_list_needs_a_token_and_a_role(api: Api) -> None:
    refused(await api.nobody().get(PATH, params=AS_OF), 401, "unauthenticated")
    refused(await api.as_("rcs_intake_officer", facility="HUY").get(PATH, params=AS_OF), 403, "forbidden")


async def test_nobody_is_listed_while_an_acute_flag_is_open(custody: Custody, office: Office) -> None:
    person, case, flag = await custody.admit(), new_id(), new_id()
    about = {"person_id": person, "case_id": case, "flag_id": flag, "recorded_by": "acc-x", "level": FlagLevel.RED}
    await custody.send(FlagRaised(occurred_at=kigali_midnight(date(2025, 12, 1)), **about))
    assert (await office.caller.get(PATH, params=AS_OF)).json()["items"] == []
    answer = await office.try_enrol(await office.open(), person)
    assert refused(answer, 409, "not-eligible")["obstacles"] == "ACUTE_FLAG"
    await custody.send(
        FlagChanged(
            occurred_at=kigali_midnight(date(2025, 12, 20)),
            from_state=FlagState.ACTION_TAKEN,
            to_state=FlagState.RESOLVED,
            **about,
        )
    )
    assert len((await office.caller.get(PATH, params=AS_OF)).json()["items"]) == 1
