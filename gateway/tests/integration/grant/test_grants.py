"""Grants: what may be written down, by whom, and what a dry run tells to whom."""

from typing import Any

import pytest
from gateway_scene import Person, problem_of
from inzira_gateway.grant.catalogue import Catalogue
from inzira_gateway.grant.domain import View
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api
from inzira_platform.testing.deliveries import Deliveries
from partner_scene import administrator, consent, grant_terms, granted, registered

GRANTS = "/v1/admin/grants"

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "unknown-filter": ({"row_filter": {"prisons": ["HUY"]}}, "filter-unknown"),
    "unknown-stage": ({"row_filter": {"stages": ["HAPPY"]}}, "filter-unknown"),
    "no-filter": ({"row_filter": None}, "invalid-fields"),
    "unknown-view": ({"view": "everything"}, "view-invalid"),
    "unknown-version": ({"view_version": 9}, "view-invalid"),
    "unknown-purpose": ({"purposes": ["curiosity"]}, "purpose-unknown"),
    "no-purpose": ({"purposes": []}, "invalid-fields"),
    "law-without-name": ({"basis": "LEGAL_DUTY"}, "grant-basis"),
    "law-beyond-its-view": (
        {"basis": "LEGAL_DUTY", "basis_code": "LAW-1", "view": "presence", "row_filter": {"districts": ["24"]}},
        "rows-not-covered",
    ),
    "consent-as-law": ({"basis_code": "LAW-1"}, "grant-basis"),
    "backwards": ({"valid_to": "2026-10-01"}, "grant-dates"),
    "over": ({"valid_from": "2026-01-01", "valid_to": "2026-02-01"}, "grant-dates"),
    "endless": ({"valid_to": "2036-10-31"}, "grant-dates"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_grant_that_says_what_cannot_be_is_refused(api: Api, door: Api, name: str) -> None:
    changes, code = BAD[name]
    partner = await registered(api, door)
    answer = await administrator(api).post(GRANTS, grant_terms(partner, **changes))
    assert problem_of(answer)["code"] == code
    assert await api.database.value("SELECT count(*) FROM partner_grant") == 0


async def test_a_grant_takes_two_persons_and_ends_by_one_for_good(api: Api, door: Api) -> None:
    partner = await registered(api, door)
    grant = f"{GRANTS}/{await granted(api, partner, approved=False)}"
    assert problem_of(await administrator(api).post(f"{grant}/approval"))["code"] == "second-person-needed"
    approved = await api.as_("data_protection_officer", sub="dpo-1").post(f"{grant}/approval")
    assert approved.json()["state"] == "ACTIVE"
    assert (await administrator(api).post(f"{grant}/suspension")).json()["state"] == "SUSPENDED"
    assert problem_of(await administrator(api, "adm-2").post(f"{grant}/approval"))["code"] == "grant-state"
    listed = (await administrator(api).get(f"{GRANTS}?partner_id={partner.id}")).json()["items"]
    assert [(row["state"], row["proposed_by"], row["approved_by"]) for row in listed] == [
        ("SUSPENDED", "adm-1", "dpo-1")
    ]
    views = (await administrator(api).get("/v1/admin/views")).json()
    assert {view["name"] for view in views} == {"placement", "presence", "return-support"}


async def test_the_database_itself_refuses_a_grant_without_filter_or_second_person(api: Api, door: Api) -> None:
    partner = await registered(api, door)
    await granted(api, partner, approved=False)
    for change in ("row_filter = NULL", "row_filter = 'null'", "state = 'ACTIVE'", "approved_by = proposed_by"):
        with pytest.raises(Exception, match=r"row_filter|approved|two_persons"):
            await api.database.execute(f"UPDATE partner_grant SET {change}")  # noqa: S608 - constants of this test


async def test_a_dry_run_tells_reasons_and_values_to_data_protection_alone(
    api: Api, door: Api, deliveries: Deliveries
) -> None:
    partner, person = await registered(api, door), Person(new_id())
    grant = await granted(api, partner, approved=False)
    await deliveries.send(person.admitted())

    async def tried(caller: str, person_id: object = person.id, **body: object) -> dict[str, Any]:
        path = f"{GRANTS}/{grant}/dry-run"
        answer = await api.as_(caller).post(path, {"person_id": str(person_id), **body}, keyed=False)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    outcome = await tried("administrator")
    assert (outcome["is_visible"], outcome["reasons"]) == (False, ["grant-proposed", "no-consent"])
    assert outcome["shown"] == []
    await administrator(api, "adm-2").post(f"{GRANTS}/{grant}/approval")
    await deliveries.send(consent(person.id, ("CUSTODY", "REINTEGRATION")))
    outcome = await tried("administrator")
    assert outcome["is_visible"] is True
    assert outcome["shown"] == ["return_district", "released_on", "case_state", "case_closed_on"]
    assert {"field": "stage", "reason": "no-consent"} in outcome["withheld"]
    assert {"field": "facility", "reason": "not-in-view"} in outcome["withheld"]
    assert outcome["values"] is None
    assert (await tried("data_protection_officer"))["values"] == {"return_district": "24"}
    unknown = await tried("administrator", new_id())
    elsewhere = Person(new_id())
    await deliveries.send(elsewhere.admitted(return_district="11"), consent(elsewhere.id))
    assert unknown["reasons"] == ["no-consent"]
    assert (await tried("administrator", elsewhere.id))["reasons"] == ["outside-rows"]
    for district in ("24", "11"):  # the same of both: where they return to is not told by whether the rows hold them
        held = Person(new_id())
        await deliveries.send(held.admitted(return_district=district), consent(held.id, ("CUSTODY",)))
        outcome = await tried("data_protection_officer", held.id)
        assert (outcome["reasons"], outcome["shown"], outcome["values"]) == (["rows-not-covered"], [], {})
    seen = await api.database.rows("SELECT operation, view, actor FROM access_entry")
    assert [(row["operation"], row["view"]) for row in seen] == [("grant.dry-run", "return-support.v1")]
    bad = await administrator(api).post(
        f"{GRANTS}/{grant}/dry-run", {"person_id": str(person.id), "purpose": "research"}, keyed=False
    )
    assert problem_of(bad)["code"] == "purpose-unknown"


async def test_a_view_with_a_field_that_is_gone_is_no_view(api: Api, door: Api) -> None:
    partner = await registered(api, door)
    grant = await granted(api, partner)
    api.app.state.catalogue = Catalogue([View("return-support", 1, ("stage", "shoe_size"))])
    refused = await administrator(api).post(f"{GRANTS}/{grant}/dry-run", {"person_id": str(new_id())}, keyed=False)
    assert problem_of(refused)["code"] == "view-invalid"
    proposed = await administrator(api).post(GRANTS, grant_terms(partner))
    assert problem_of(proposed)["code"] == "view-invalid"
