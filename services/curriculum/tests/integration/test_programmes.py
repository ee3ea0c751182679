"""GET /v1/curriculum/programmes and one of them."""

import pytest
from curriculum_scene import Office, refused
from inzira_platform.testing.client import Api


async def test_programmes_are_listed(office: Office) -> None:
    body = (await office.caller.get("/v1/curriculum/programmes")).json()
    assert [(one["code"], one["version"], one["sessions_total"]) for one in body["items"]] == [("CORRECTIONAL", 1, 48)]


async def test_a_programme_shows_its_modules_and_rules(office: Office) -> None:
    body = (await office.caller.get("/v1/curriculum/programmes/CORRECTIONAL")).json()
    assert [module["sessions_needed"] for module in body["modules"]] == [5, 4, 3, 4, 3, 4, 4, 4]
    assert body["completion"]["minimum_sessions"] == 39
    assert "COURT_REQUEST" in body["eligibility"]["override_reasons"]


@pytest.mark.parametrize("path", ["NOTHING", "CORRECTIONAL?version=9"])
async def test_an_unknown_programme_is_not_found(office: Office, path: str) -> None:
    refused(await office.caller.get(f"/v1/curriculum/programmes/{path}"), 404, "programme-not-found")


async def test_a_malformed_code_is_refused(office: Office) -> None:
    refused(await office.caller.get("/v1/curriculum/programmes/small"), 422, "invalid-fields")


async def test_programmes_need_a_token_and_a_role(api: Api) -> None:
    refused(await api.nobody().get("/v1/curriculum/programmes"), 401, "unauthenticated")
    officer = api.as_("data_protection_officer")
    refused(await officer.get("/v1/curriculum/programmes"), 403, "forbidden")
