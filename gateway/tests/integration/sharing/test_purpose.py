"""A partner says what it asks for: the document demands it, and so does every route."""

import pytest
from gateway_scene import problem_of
from inzira_platform.testing.client import Api
from partner_scene import FOR_RETURN, fresh, granted, registered

DATA = frozenset({"partner:read", "partner:feed", "partner:statistics"})


def of_data(api: Api) -> dict[str, dict[str, object]]:
    """The operations that give data to partners, by path, with the parameter `X-Purpose` of each."""
    found = {}
    for path, item in api.app.openapi()["paths"].items():
        for operation in item.values():
            if operation["x-permission"] in DATA:
                headers = {one["name"]: one for one in operation.get("parameters", []) if one["in"] == "header"}
                found[path] = headers.get("X-Purpose", {})
    return found


async def test_every_route_of_data_demands_a_purpose_in_its_document_and_in_fact(api: Api, door: Api) -> None:
    """Even where the grant has exactly one: what data was given for is the partner's own word."""
    partner = await registered(api, door)
    for route in ("persons", "feed"):
        await granted(api, partner, route=route)
    await fresh(api)
    caller = await partner.sign_in()
    demanded = of_data(api)
    assert len(demanded) == 5
    for path, header in demanded.items():
        assert header.get("required") is True, path
        asked = path.format(pairwise_id="p_" + "A" * 24, cube="stage-by-district")
        assert problem_of(await caller.get(asked))["code"] == "purpose-missing", path
        stated = await caller.get(asked, headers=FOR_RETURN)
        assert stated.status_code == 200 or stated.json()["code"] in ("not-found", "not-granted"), path


@pytest.mark.parametrize("given", ["", "curiosity", "reintegration_support, research"])
async def test_a_purpose_that_is_none_is_no_purpose(api: Api, door: Api, given: str) -> None:
    partner = await registered(api, door)
    await granted(api, partner)
    await fresh(api)
    answer = await (await partner.sign_in()).get("/v1/partner/persons", headers={"X-Purpose": given})
    assert problem_of(answer)["code"] == "purpose-missing"
