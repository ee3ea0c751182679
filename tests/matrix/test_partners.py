"""Every partner with every kind of grant, every person with every kind of consent: list, person, feed and dry run."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from fleet import GATEWAY, Deployed, Ground
from inzira_gateway.main import share
from inzira_gateway.sharing.domain import pairwise_id
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from partner_scene import FOR_RETURN
from seed_partners import Expected, Scene, expected, seed_scene, table

PARTNERS = sorted(expected())
LISTING = [name for name in PARTNERS if expected()[name].lists == 200]
KEPT = {"id", "view"}
"""What every item has beside the fields of its view."""


class Sharing:
    """The gateway with its door, the same without it for administrators, and everybody in it."""

    def __init__(self, gateway: Deployed, inside: Api, scene: Scene, secrets: dict[str, bytes]) -> None:
        self.gateway, self.inside, self.scene, self.secrets = gateway, inside, scene, secrets
        self.cells = 0

    def pid(self, partner: str, person: str) -> str:
        """The partner's id of a person, whether it was ever told it or not."""
        return pairwise_id(self.secrets[partner], self.scene.people[person])

    async def ask(self, partner: str, path: str) -> httpx2.Response:
        self.cells += 1
        return await self.scene.callers[partner].get(path, headers=FOR_RETURN)


@pytest.fixture(scope="module")
async def sharing(
    module_ground: Ground, record_testsuite_property: Callable[[str, object], None]
) -> AsyncIterator[Sharing]:
    """Everybody of `policy/partners.yaml`; at the end, how many cells were asked."""
    async with module_ground.deployed("gateway", rate_factor=1000) as gateway:
        inside = replace(GATEWAY, extend=share)
        async with Api.running(
            inside, gateway.settings, gateway.database, module_ground.keys, module_ground.clock
        ) as api:
            scene = await seed_scene(api, gateway.api, gateway.deliveries)
            rows = await gateway.database.rows("SELECT client_id, secret FROM partner")
            secrets = {row["client_id"].replace("-", "_"): bytes(row["secret"]) for row in rows}
            made = Sharing(gateway, api, scene, secrets)
            yield made
            print(f"partner cells: {made.cells}")
            record_testsuite_property("matrix_partners", made.cells)


def fields_of(item: dict[str, Any]) -> frozenset[str]:
    """The fields of an item that say something."""
    return frozenset(item) - KEPT


@pytest.mark.parametrize("partner", PARTNERS)
async def test_list_person_and_feed_show_the_same_people_in_the_same_view(sharing: Sharing, partner: str) -> None:
    wanted = expected()[partner]
    await _feed(sharing, wanted)  # first: of whom a list showed already, the feed tells what changed since
    await _list(sharing, wanted)
    await _persons(sharing, wanted)


async def _list(sharing: Sharing, wanted: Expected) -> None:
    answer = await sharing.ask(wanted.name, "/v1/partner/persons?limit=200")
    assert answer.status_code == wanted.lists, answer.text
    if wanted.lists == 200:
        shown = {item["id"]: fields_of(item) for item in answer.json()["items"]}
        assert shown == {sharing.pid(wanted.name, name): fields for name, fields in wanted.sees.items()}
        assert not any(str(person) in answer.text for person in sharing.scene.people.values())


async def _persons(sharing: Sharing, wanted: Expected) -> None:
    """One by one; whoever is out of sight is byte for byte nobody."""
    nobody = await sharing.ask(wanted.name, f"/v1/partner/persons/{pairwise_id(b'x' * 32, new_id())}")
    assert nobody.status_code == (404 if wanted.lists == 200 else wanted.lists)
    for name in sharing.scene.people:
        answer = await sharing.ask(wanted.name, f"/v1/partner/persons/{sharing.pid(wanted.name, name)}")
        if wanted.lists == 200 and name in wanted.sees:
            assert answer.status_code == 200, f"{name}: {answer.text}"
            assert fields_of(answer.json()) == wanted.sees[name], name
        else:
            assert _as_nobody(answer) == _as_nobody(nobody), name


def _as_nobody(answer: httpx2.Response) -> tuple[object, ...]:
    document = answer.json()
    document.pop("request_id")
    headers = {name for name in answer.headers if name != "x-request-id"}
    return answer.status_code, document, sorted(headers), answer.headers.get("content-length")


async def _feed(sharing: Sharing, wanted: Expected) -> None:
    answer = await sharing.ask(wanted.name, "/v1/feed?limit=200")
    assert answer.status_code == wanted.feeds, answer.text
    if wanted.feeds == 200:
        told = {item["subject"]: fields_of(item["data"]) for item in answer.json()}
        assert told == {sharing.pid(wanted.name, name): fields for name, fields in wanted.sees.items()}


def test_every_partner_with_a_list_narrows_it_in_every_way() -> None:
    named = {query: set(by) for query, by in table()["narrowed"].items()}
    assert named == {query: set(LISTING) for query in ("district=24", "stage=RELEASED", "facility=HUY")}


@pytest.mark.parametrize("partner", LISTING)
async def test_nobody_is_found_by_what_they_did_not_agree_to_share(sharing: Sharing, partner: str) -> None:
    for query, wanted in expected()[partner].narrowed.items():
        if isinstance(wanted, int):
            answer = await sharing.ask(partner, f"/v1/partner/persons?{query}")
            assert (answer.status_code, answer.json()["code"]) == (wanted, "filter-unknown"), query
        else:
            pages = await _pages(sharing, partner, query)
            assert all(len(page) == 1 for page in pages if wanted), f"{query}: a page is short: {pages}"
            assert sorted(pid for page in pages for pid in page) == sorted(
                sharing.pid(partner, name) for name in wanted
            )


async def _pages(sharing: Sharing, partner: str, query: str) -> list[list[str]]:
    """Ids page by page, one on each."""
    pages, cursor = list[list[str]](), ""
    while True:
        answer = await sharing.ask(partner, f"/v1/partner/persons?limit=1&{query}{cursor}")
        assert answer.status_code == 200, answer.text
        page = answer.json()
        pages.append([item["id"] for item in page["items"]])
        if page["next_cursor"] is None:
            return pages
        cursor = f"&cursor={page['next_cursor']}"


@pytest.mark.parametrize("partner", LISTING)
async def test_the_dry_run_says_what_the_partner_sees(sharing: Sharing, partner: str) -> None:
    """Over all grants of the partner for this route: who is visible to any, in the oldest that shows them."""
    officer: Caller = sharing.inside.as_("data_protection_officer")
    grants = [grant for grant in sharing.scene.grants[partner] if await _route_of(sharing, grant) == "persons"]
    for name, person in sharing.scene.people.items():
        found = None
        for grant in grants:
            answer = await officer.post(f"/v1/admin/grants/{grant}/dry-run", {"person_id": str(person)})
            sharing.cells += 1
            assert answer.status_code == 200, answer.text
            if found is None and answer.json()["is_visible"]:
                found = frozenset(answer.json()["values"])
        assert found == expected()[partner].sees.get(name), name


async def _route_of(sharing: Sharing, grant: str) -> str:
    route: str = await sharing.gateway.database.value("SELECT route FROM partner_grant WHERE id = $1", grant)
    return route


async def test_no_two_partners_know_a_person_by_the_same_id(sharing: Sharing) -> None:
    for name in sharing.scene.people:
        assert len({sharing.pid(partner, name) for partner in PARTNERS}) == len(PARTNERS)
