"""GET /v1/tvet/trades and /v1/tvet/programmes."""

import pytest
from inzira_platform.testing.client import Api
from tvet_scene import Workshop


async def test_trades_are_the_twelve_of_the_service_in_three_languages(huye: Workshop) -> None:
    answer = await huye.caller.get("/v1/tvet/trades")
    items = answer.json()["items"]
    assert answer.status_code == 200
    assert len(items) == 12
    assert {"en", "fr", "rw"} == set(items[0]["name"])


async def test_programmes_are_listed_and_narrowed_to_a_trade(huye: Workshop) -> None:
    everything = (await huye.caller.get("/v1/tvet/programmes")).json()["items"]
    tailoring = (await huye.caller.get("/v1/tvet/programmes", params={"trade": "TAILORING"})).json()["items"]
    assert len(everything) >= 3
    assert [one["code"] for one in tailoring] == ["TAILORING-L3"]
    assert tailoring[0]["certificate"] == "TVET Certificate I"


async def test_one_programme_shows_modules_outcomes_hours_and_rules(huye: Workshop) -> None:
    programme = (await huye.caller.get("/v1/tvet/programmes/TAILORING-L3")).json()
    assert sum(module["hours"] for module in programme["modules"]) == programme["hours"]
    assert {module["kind"] for module in programme["modules"]} == {"GENERAL", "CORE", "SPECIFIC"}
    assert all(module["outcomes"] for module in programme["modules"])
    assert programme["rules"]["module_reassessments"] == 2
    assert programme["rules"]["min_attendance_percent"] == 80


@pytest.mark.parametrize("path", ["SORCERY-L3", "TAILORING-L3?version=99"])
async def test_an_unknown_programme_or_version_is_not_found(huye: Workshop, path: str) -> None:
    answer = await huye.caller.get(f"/v1/tvet/programmes/{path}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "programme-not-found"


async def test_a_code_of_the_wrong_form_is_refused(huye: Workshop) -> None:
    assert (await huye.caller.get("/v1/tvet/programmes/sewing!")).status_code == 422


async def test_the_catalogue_leaves_no_access_record(huye: Workshop, api: Api) -> None:
    await huye.caller.get("/v1/tvet/programmes")
    assert await api.database.events(access=True) == []
