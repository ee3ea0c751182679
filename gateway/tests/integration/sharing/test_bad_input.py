"""What a partner's system may send and must not: refused as a problem document, on record, and telling nothing."""

import asyncio
from dataclasses import dataclass

import httpx2
import pytest
from gateway_scene import Person, problem_of
from inzira_gateway.grant.catalogue import Catalogue
from inzira_gateway.grant.domain import View
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.deliveries import Deliveries
from partner_scene import FOR_RETURN, Partner, consent, fresh, granted, registered

LIST, FEED = "/v1/partner/persons", "/v1/feed"
KNOWN = {"type", "title", "status", "detail", "code", "instance", "request_id", "errors"}


@dataclass(frozen=True)
class Scene:
    """A partner with grants for both routes, signed in, and one person it may see."""

    api: Api
    partner: Partner
    caller: Caller
    person: Person
    pid: str

    async def refusals(self) -> list[str]:
        """Reasons on the partner's record, in order."""
        rows = await self.api.database.rows("SELECT reason FROM partner_record WHERE outcome = 'REFUSED' ORDER BY id")
        return [row["reason"] for row in rows]

    def tells_nothing(self, answer: httpx2.Response) -> bool:
        """A problem of the usual members, in which the person does not appear."""
        problem = problem_of(answer)
        secrets = (self.pid, str(self.person.id), "ADMITTED", "HUY", "NGO-1")
        return set(problem) <= KNOWN and not any(secret in answer.text for secret in secrets)


@pytest.fixture
async def scene(api: Api, door: Api, deliveries: Deliveries) -> Scene:
    """Everything in order."""
    partner = await registered(api, door)
    await granted(api, partner)
    await granted(api, partner, route="feed")
    await fresh(api)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    caller = await partner.sign_in()
    [shown] = (await caller.get(LIST, headers=FOR_RETURN)).json()["items"]
    return Scene(api, partner, caller, person, shown["id"])


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{LIST}?name=Keza", "parameter-unknown"),
        (f"{LIST}?District=24", "parameter-unknown"),
        (f"{LIST}?district=24&district[]=11", "parameter-unknown"),
        (f"{LIST}?cursor=a&cursor=b", "parameter-repeated"),
        (f"{LIST}?facility=HUY", "filter-unknown"),
        (f"{LIST}?stage=ADMITTED&stage=HAPPY", "filter-unknown"),
        (f"{LIST}?district=%00", "invalid-fields"),
        (f"{LIST}?district=' OR 1=1", "invalid-fields"),
        (f"{LIST}?cursor={'A' * 301}", "invalid-fields"),
        (f"{LIST}?limit=0", "invalid-fields"),
        (f"{LIST}?limit=ten", "invalid-fields"),
        (f"{FEED}?timeout=3600", "invalid-fields"),
        (f"{FEED}?start=yesterday", "invalid-fields"),
        (f"{FEED}?cursor=0", "cursor-invalid"),
        (f"{FEED}?cursor=LTE.AAAA", "cursor-invalid"),
        (f"{FEED}?stage=ADMITTED", "parameter-unknown"),
        (f"{LIST}/p_{'0' * 24}", "not-found"),
    ],
)
async def test_a_question_there_is_not_is_refused_and_on_record(scene: Scene, path: str, code: str) -> None:
    answer = await scene.caller.get(path.replace(" ", "%20"), headers=FOR_RETURN)
    assert problem_of(answer)["code"] == code
    assert scene.tells_nothing(answer)
    assert await scene.refusals() == [code]


async def test_a_cursor_is_good_for_one_list_of_one_partner(scene: Scene, door: Api, deliveries: Deliveries) -> None:
    more = Person(new_id())
    await deliveries.send(more.admitted(), consent(more.id))
    of_list = (await scene.caller.get(f"{LIST}?limit=1", headers=FOR_RETURN)).json()["next_cursor"]
    of_feed = (await scene.caller.get(FEED, headers=FOR_RETURN)).headers["next-cursor"]
    assert of_list and of_feed
    other = await registered(scene.api, door, "ngo-two")
    await granted(scene.api, other)
    await granted(scene.api, other, route="feed")
    stranger = await other.sign_in()
    for caller, path in (
        (scene.caller, f"{LIST}?cursor={of_feed}"), (scene.caller, f"{FEED}?cursor={of_list}"),
        (stranger, f"{LIST}?cursor={of_list}"), (stranger, f"{FEED}?cursor={of_feed}"),
    ):  # fmt: skip
        answer = await caller.get(path, headers=FOR_RETURN)
        assert problem_of(answer)["code"] == "cursor-invalid"
        assert scene.tells_nothing(answer)
    assert await scene.refusals() == ["cursor-invalid"] * 4
    clients = await scene.api.database.rows(
        "SELECT client_id FROM partner_record WHERE outcome = 'REFUSED' ORDER BY id"
    )
    assert [row["client_id"] for row in clients] == ["ngo-one", "ngo-one", "ngo-two", "ngo-two"]


async def test_a_view_with_a_field_that_is_gone_shows_nothing_anywhere(scene: Scene, door: Api) -> None:
    door.app.state.catalogue = Catalogue([View("return-support", 1, ("stage", "shoe_size"))])
    for path in (LIST, f"{LIST}/{scene.pid}", f"{LIST}/p_{'A' * 24}", FEED, f"{FEED}?start=latest"):
        answer = await scene.caller.get(path, headers=FOR_RETURN)
        assert (answer.status_code, problem_of(answer)["code"]) == (409, "view-invalid")
        assert scene.tells_nothing(answer)
        assert "shoe_size" not in answer.text
    assert await scene.refusals() == ["view-invalid"] * 5


@pytest.mark.parametrize("purpose", [None, "", "curiosity", "research", "reintegration_support,research"])
async def test_a_purpose_that_is_not_the_grants_opens_nothing(scene: Scene, purpose: str | None) -> None:
    headers = {} if purpose is None else {"X-Purpose": purpose}
    code = "not-granted" if purpose == "research" else "purpose-missing"
    for path in (LIST, f"{LIST}/{scene.pid}", FEED):
        answer = await scene.caller.get(path, headers=headers)
        assert problem_of(answer)["code"] == code
        assert scene.tells_nothing(answer)
    assert await scene.refusals() == [code] * 3


async def test_one_assertion_sent_twenty_times_at_once_gives_one_token(scene: Scene) -> None:
    assertion = scene.partner.assertion()
    answers = await asyncio.gather(*[scene.partner.ask(assertion) for _ in range(20)])
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19
    assert await scene.refusals() == ["replayed"] * 19


async def test_a_flood_leaves_others_alone_and_writes_nothing(scene: Scene, door: Api) -> None:
    loud = await registered(scene.api, door, "ngo-loud", quota_per_minute=5)
    await granted(scene.api, loud)
    await granted(scene.api, loud, route="feed")
    noise = await loud.sign_in()
    answers = await asyncio.gather(*[noise.get(LIST, headers=FOR_RETURN) for _ in range(40)])
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 35
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert problem_of(refused)["code"] == "too-many-requests"
    assert refused.headers["ratelimit-policy"] == '"partner";q=5;w=60'
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert (await noise.get(FEED, headers=FOR_RETURN)).status_code == 429, "one quota for all it reads"
    calm = [await scene.caller.get(LIST, headers=FOR_RETURN) for _ in range(3)]
    assert [answer.status_code for answer in calm] == [200] * 3
    left = [int(answer.headers["ratelimit"].split("r=")[1].split(";")[0]) for answer in calm]
    assert left == sorted(left, reverse=True) and min(left) > 90, "its own count, and nobody else's"
    written = "SELECT count(*) FROM partner_record WHERE client_id = 'ngo-loud' AND outcome = 'REFUSED'"
    assert await scene.api.database.value(written) == 0
