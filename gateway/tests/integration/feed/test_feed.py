"""Following the feed: in order, from a cursor, decided anew for every item at the moment of its delivery."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from gateway_scene import Person, problem_of
from inzira_platform.clock import FixedClock
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.deliveries import Deliveries
from partner_scene import FOR_RETURN, Partner, administrator, consent, fresh, granted, registered, withdrawal

FEED = "/v1/feed"
CHANGED, GONE = "inzira.partner.person.changed.v1", "inzira.partner.person.gone.v1"


async def asked(caller: Caller, cursor: str | None = None, **query: object) -> httpx2.Response:
    options = {**query, **({"cursor": cursor} if cursor else {})}
    return await caller.get(FEED, headers=FOR_RETURN, params={name: str(value) for name, value in options.items()})


async def followed(caller: Caller, cursor: str | None = None, **query: object) -> tuple[list[dict[str, Any]], str]:
    answer = await asked(caller, cursor, **query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/cloudevents-batch+json"
    return answer.json(), answer.headers["next-cursor"]


def kinds(items: list[dict[str, Any]]) -> list[str]:
    return [item["type"] for item in items]


@pytest.fixture
async def partner(api: Api, door: Api) -> Partner:
    """A partner that may follow the returns to one district."""
    made = await registered(api, door)
    await granted(api, made, route="feed")
    await fresh(api)
    return made


async def test_a_journey_is_followed_in_order_and_in_the_view(partner: Partner, deliveries: Deliveries) -> None:
    person = Person(new_id())
    caller = await partner.sign_in()
    items, cursor = await followed(caller)
    assert items == []
    await deliveries.send(person.admitted(), consent(person.id))
    items, cursor = await followed(caller, cursor)
    assert kinds(items) == [CHANGED]
    assert items[0]["data"]["stage"] == "ADMITTED"
    assert items[0]["specversion"] == "1.0"
    assert str(person.id) not in str(items)
    await deliveries.send(person.enrolled())
    await deliveries.send(person.dated("2027-01-31"))
    items, cursor = await followed(caller, cursor)
    assert kinds(items) == [CHANGED, CHANGED]
    assert items[1]["data"]["expected_release_on"] == "2027-01-31"
    assert await followed(caller, cursor) == ([], cursor)
    half, _ = await followed(caller, limit=1)
    rest, _ = await followed(caller, half[0]["id"])
    assert kinds(half) + kinds(rest) == [CHANGED] * 3, "whoever stops half way goes on from the item's own id"
    rows = await deliveries.database.rows("SELECT DISTINCT operation, view, agency FROM access_entry")
    assert [tuple(row.values()) for row in rows] == [("partner.feed", "return-support.v1", "NGO-1")]
    positions = await deliveries.database.rows("SELECT position FROM feed_event ORDER BY position")
    assert [row["position"] for row in positions] == [1, 2, 3, 4]


async def test_a_withdrawal_takes_back_what_was_not_delivered_yet(partner: Partner, deliveries: Deliveries) -> None:
    person = Person(new_id())
    given = consent(person.id)
    caller = await partner.sign_in()
    await deliveries.send(person.admitted(), given)
    items, cursor = await followed(caller)
    assert kinds(items)[0] == CHANGED
    await deliveries.send(person.enrolled())
    await deliveries.send(withdrawal(given))
    items, after = await followed(caller, cursor)
    assert kinds(items) == [GONE]
    assert items[0]["data"] == {"id": items[0]["subject"]}
    assert kinds((await followed(caller, cursor))[0]) == [GONE], "a lost answer is given again"
    await deliveries.send(person.certified())
    assert (await followed(caller, after))[0] == [], "nothing is told of a life out of sight"
    await deliveries.send(consent(person.id))
    items, _ = await followed(caller, after)
    assert kinds(items) == [CHANGED]


async def test_somebody_who_leaves_the_rows_is_gone_and_others_were_never_there(
    partner: Partner, deliveries: Deliveries
) -> None:
    mine, other = Person(new_id()), Person(new_id())
    caller = await partner.sign_in()
    await deliveries.send(mine.admitted(), consent(mine.id), other.admitted(return_district="11"), consent(other.id))
    items, cursor = await followed(caller)
    assert len({item["subject"] for item in items}) == 1
    await deliveries.send(mine.admitted(return_district="11", admission_kind="READMISSION"))
    assert kinds((await followed(caller, cursor))[0]) == [GONE]


async def test_whoever_does_not_share_what_the_rows_are_chosen_by_is_not_told_of(
    partner: Partner, deliveries: Deliveries
) -> None:
    person = Person(new_id())
    home = consent(person.id, ("REINTEGRATION",))
    caller = await partner.sign_in()
    await deliveries.send(person.admitted(), consent(person.id, ("CUSTODY", "SENTENCE")), person.released())
    items, cursor = await followed(caller)
    assert items == []
    await deliveries.send(home)
    items, cursor = await followed(caller, cursor)
    assert kinds(items) == [CHANGED]
    await deliveries.send(withdrawal(home))
    assert kinds((await followed(caller, cursor))[0]) == [GONE]


async def test_a_consent_that_ends_by_the_clock_is_told(
    partner: Partner, deliveries: Deliveries, api: Api, clock: FixedClock
) -> None:
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id, valid_to=clock.now() + timedelta(seconds=60)))
    caller = await partner.sign_in()
    _, cursor = await followed(caller)
    assert await deliveries.scan("feed-departures") == 0
    clock.set(clock.now() + timedelta(seconds=61))
    await fresh(api)
    assert await deliveries.scan("feed-departures") == 1
    items, _ = await followed(caller, cursor)
    assert kinds(items) == [GONE]


async def test_somebody_listed_first_is_told_as_gone_too(partner: Partner, api: Api, deliveries: Deliveries) -> None:
    await granted(api, partner)
    person = Person(new_id())
    given = consent(person.id)
    await deliveries.send(person.admitted(), given)
    caller = await partner.sign_in()
    items, cursor = await followed(caller, start="latest")
    assert items == []
    listed = (await caller.get("/v1/partner/persons", headers=FOR_RETURN)).json()["items"]
    await deliveries.send(withdrawal(given))
    items, _ = await followed(caller, cursor)
    assert [(item["type"], item["subject"]) for item in items] == [(GONE, listed[0]["id"])]


async def test_a_long_poll_ends_with_the_first_item(partner: Partner, deliveries: Deliveries) -> None:
    caller = await partner.sign_in()
    _, cursor = await followed(caller)
    person = Person(new_id())
    waiting = asyncio.create_task(followed(caller, cursor, timeout=20))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await deliveries.send(person.admitted(), consent(person.id))
    items, _ = await asyncio.wait_for(waiting, 5)
    assert CHANGED in kinds(items)


async def test_a_suspended_grant_ends_a_poll_that_waits(
    partner: Partner, api: Api, door: Api, deliveries: Deliveries
) -> None:
    caller = await partner.sign_in()
    grant = (await administrator(api).get("/v1/admin/grants")).json()["items"][0]["id"]
    _, cursor = await followed(caller)
    waiting = asyncio.create_task(asked(caller, cursor, timeout=20))
    await asyncio.sleep(0.3)
    await administrator(api).post(f"/v1/admin/grants/{grant}/suspension")
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    assert problem_of(await asyncio.wait_for(waiting, 5))["code"] == "not-granted"


SOON = 2.0
"""Seconds from the call that ends a partner's access to the end of its poll."""


async def _suspend_grant(api: Api, _partner: Partner, _clock: FixedClock) -> None:
    grant = (await administrator(api).get("/v1/admin/grants")).json()["items"][0]["id"]
    assert (await administrator(api).post(f"/v1/admin/grants/{grant}/suspension")).status_code == 200


async def _suspend_partner(api: Api, partner: Partner, _clock: FixedClock) -> None:
    assert (await administrator(api).post(f"/v1/admin/partners/{partner.id}/suspension")).status_code == 200


async def _revoke_key(api: Api, partner: Partner, _clock: FixedClock) -> None:
    read = (await administrator(api).get(f"/v1/admin/partners/{partner.id}")).json()
    path = f"/v1/admin/partners/{partner.id}/keys/{read['keys'][0]['id']}/revocation"
    assert (await administrator(api).post(path)).status_code == 200


async def _let_the_token_end(_api: Api, _partner: Partner, clock: FixedClock) -> None:
    clock.set(clock.now() + timedelta(minutes=5))


ENDINGS = {
    "grant suspended": (_suspend_grant, "not-granted"),
    "partner suspended": (_suspend_partner, "not-granted"),
    "key revoked": (_revoke_key, "unauthenticated"),
    "token ended": (_let_the_token_end, "unauthenticated"),
}


@pytest.mark.parametrize("deed", ENDINGS)
async def test_whatever_ends_the_access_ends_a_poll_that_waits_at_once(
    partner: Partner, api: Api, clock: FixedClock, deed: str, record_property: Callable[[str, object], None]
) -> None:
    caller = await partner.sign_in()
    _, cursor = await followed(caller)
    waiting = asyncio.create_task(asked(caller, cursor, timeout=20))
    await asyncio.sleep(0.6)
    assert not waiting.done()
    end, code = ENDINGS[deed]
    began = time.perf_counter()
    await end(api, partner, clock)
    answer = await asyncio.wait_for(waiting, 15)
    took = time.perf_counter() - began
    record_property("poll_ended_after_seconds", round(took, 3))
    assert problem_of(answer)["code"] == code
    assert took < SOON


async def test_a_withdrawal_is_told_to_a_poll_that_waits(partner: Partner, deliveries: Deliveries) -> None:
    person = Person(new_id())
    given = consent(person.id)
    caller = await partner.sign_in()
    await deliveries.send(person.admitted(), given)
    _, cursor = await followed(caller)
    waiting = asyncio.create_task(followed(caller, cursor, timeout=20))
    await asyncio.sleep(0.6)
    began = time.perf_counter()
    await deliveries.send(withdrawal(given))
    items, _ = await asyncio.wait_for(waiting, 15)
    assert kinds(items) == [GONE]
    assert time.perf_counter() - began < SOON


async def test_a_change_of_another_partners_grants_ends_no_poll(partner: Partner, api: Api, door: Api) -> None:
    other = await registered(api, door, "ngo-two")
    caller = await partner.sign_in()
    _, cursor = await followed(caller)
    waiting = asyncio.create_task(followed(caller, cursor, timeout=2))
    await asyncio.sleep(0.5)
    await granted(api, other, route="feed")
    await asyncio.sleep(1)
    assert not waiting.done()
    assert (await waiting)[0] == []


async def test_a_cursor_is_its_partners_own_and_is_good_for_thirty_days(
    partner: Partner, api: Api, door: Api, deliveries: Deliveries, clock: FixedClock
) -> None:
    other = await registered(api, door, "ngo-two")
    await granted(api, other, route="feed")
    person = Person(new_id())
    caller = await partner.sign_in()
    _, cursor = await followed(caller)
    await deliveries.send(person.admitted(), consent(person.id))
    stolen = await asked(await other.sign_in(), cursor)
    assert problem_of(stolen)["code"] == "cursor-invalid"
    bent = cursor[:-9] + ("A" if cursor[-9] != "A" else "B") + cursor[-8:]
    for bad in ("abc", "MTI.AAAA", bent):
        assert problem_of(await asked(caller, bad))["code"] == "cursor-invalid"
    assert problem_of(await caller.get(f"{FEED}?lastEventId=1", headers=FOR_RETURN))["code"] == "parameter-unknown"
    clock.set(clock.now() + timedelta(days=31))
    await fresh(api)
    await deliveries.scan("feed-prune")
    again = await partner.sign_in()
    expired = problem_of(await asked(again, cursor))
    assert (expired["status"], expired["code"]) == (410, "feed-cursor-expired")
    assert (await asked(again)).status_code == 200
    reasons = "SELECT array_agg(DISTINCT reason ORDER BY reason) FROM partner_record WHERE outcome = 'REFUSED'"
    assert await api.database.value(reasons) == ["cursor-invalid", "feed-cursor-expired", "parameter-unknown"]


async def test_without_a_grant_for_the_feed_there_is_none(api: Api, door: Api) -> None:
    partner = await registered(api, door)
    await granted(api, partner)
    await fresh(api)
    assert problem_of(await asked(await partner.sign_in()))["code"] == "not-granted"


async def test_a_partner_that_floods_is_told_to_wait_and_others_are_not(api: Api, door: Api) -> None:
    loud, calm = await registered(api, door, quota_per_minute=3), await registered(api, door, "ngo-two")
    for one in (loud, calm):
        await granted(api, one, route="feed")
    await fresh(api)
    loud_caller, calm_caller = await loud.sign_in(), await calm.sign_in()
    answers = [await asked(loud_caller) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"partner";q=3;w=60'
    assert int(answers[3].headers["retry-after"]) > 0
    assert (await asked(calm_caller)).status_code == 200
