"""Rebuilding the read model beside the one that answers."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from gateway_scene import Person, SmallService
from inzira_gateway.clients.journal import JournalClient
from inzira_gateway.clients.upstream import Upstreams
from inzira_gateway.journey.projection import fold_many
from inzira_gateway.rebuild import finishing, work
from inzira_gateway.rebuild.service import Rebuild
from inzira_gateway.transactions import Transactions
from inzira_platform.clock import FixedClock
from inzira_platform.ids import new_id
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api
from inzira_platform.testing.consents import agreement
from inzira_platform.testing.deliveries import Deliveries
from inzira_platform.worker import make_runtime

PATH = "/v1/operations/gateway/events/rebuild"


def worker(api: Api, upstream: SmallService) -> Rebuild:
    names = ("intake", "curriculum", "tvet", "reintegration")
    upstreams = Upstreams(dict.fromkeys(names, upstream.url), 4)
    return Rebuild(
        Transactions(api.app.state.sessions), JournalClient(upstreams.__getitem__, lambda _: "token"), api.clock
    )


async def run(rebuild: Rebuild, clock: FixedClock) -> None:
    clock.set(clock.now() + timedelta(seconds=5))
    while await rebuild.step():
        pass


async def heads(api: Api, generation: int) -> list[dict[str, object]]:
    rows = await api.database.rows("SELECT * FROM person_head WHERE generation = $1 ORDER BY person_id", generation)
    return [{name: value for name, value in row.items() if name not in ("generation", "updated_at")} for row in rows]


async def grown(deliveries: Deliveries, upstream: SmallService, count: int = 3) -> list[Person]:
    """People whose events are both in the model and in the journals."""
    people = [Person(new_id()) for _ in range(count)]
    for person in people:
        case = new_id()
        for version, event in ((1, person.admitted()), (2, person.released())):
            identifier = upstream.keep(event, version)
            await deliveries.send(event, version=version, event_id=identifier)
        agreed = agreement(person.id, "PFR")
        await deliveries.send(agreed, version=1, event_id=upstream.keep(agreed, 1))
        for version, event in ((1, person.case_opened(case)), (2, person.assigned(case, "w1"))):
            identifier = upstream.keep(event, version)
            await deliveries.send(event, version=version, event_id=identifier)
    return people


async def test_a_rebuild_that_was_asked_for_wakes_the_worker(
    api: Api, service: Service, settings: ServiceSettings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []

    async def step(_rebuild: Rebuild) -> bool:
        steps.append(1)
        return False

    monkeypatch.setattr(Rebuild, "step", step)
    monkeypatch.setattr(work, "EVERY_SECONDS", 3600.0)
    runtime = make_runtime(service, settings, clock)
    hearing = asyncio.create_task(runtime.bells.hear(settings.database_dsn.get_secret_value()))
    working = asyncio.create_task(work.work(runtime))
    try:
        await asyncio.sleep(1)
        before = len(steps)
        asked = await api.as_("administrator").post(PATH, {"reason": "a test of the way back"})
        assert asked.status_code == 202
        async with asyncio.timeout(20):
            while len(steps) == before:  # noqa: ASYNC110 - a step gives no signal
                await asyncio.sleep(0.01)
    finally:
        for task in (hearing, working):
            task.cancel()
        await asyncio.gather(hearing, working, return_exceptions=True)
        await runtime.engine.dispose()


async def test_rebuild_gives_the_same_model_and_flips(
    api: Api, deliveries: Deliveries, upstream: SmallService, clock: FixedClock
) -> None:
    people = await grown(deliveries, upstream)
    before = await heads(api, 1)
    admin = api.as_("administrator")
    asked = await admin.post(PATH, {"reason": "a test of the way back"})
    assert asked.status_code == 202 and asked.json() == {"generation": 2, "state": "BUILDING"}
    assert (await admin.post(PATH, {"reason": "again"})).status_code == 409
    answering = await api.as_("rcs_intake_officer", facility="HUY").get(f"/v1/persons/{people[0].id}/journey")
    assert answering.status_code == 200
    await run(worker(api, upstream), clock)
    assert await heads(api, 2) == before
    states = (await admin.get(PATH)).json()["items"]
    assert [(item["generation"], item["state"]) for item in states] == [(2, "ACTIVE"), (1, "RETIRED")]
    progress = states[0]["progress"]
    assert (progress["events"], progress["persons"], progress["missing"]) == (15, 3, 0)
    after = await api.as_("caseworker", sub="w1", org="PFR").get(f"/v1/persons/{people[0].id}/journey")
    assert after.status_code == 200 and len(after.json()["items"]) == 5
    assert await api.database.value("SELECT count(*) FROM journey_entry WHERE generation = 1") == 0


async def test_rebuild_fills_an_empty_gateway_and_its_reach(
    api: Api, upstream: SmallService, clock: FixedClock
) -> None:
    person, case = Person(new_id()), new_id()
    upstream.keep(person.admitted(), 1)
    upstream.keep(agreement(person.id, "PFR"), 1)
    upstream.keep(person.case_opened(case), 1)
    upstream.keep(person.assigned(case, "w1"), 2)
    await api.as_("administrator").post(PATH, {"reason": "the database was lost"})
    await run(worker(api, upstream), clock)
    for caller in (api.as_("rcs_intake_officer", facility="HUY"), api.as_("caseworker", sub="w1", org="PFR")):
        assert (await caller.get(f"/v1/persons/{person.id}/journey")).status_code == 200


async def test_a_rebuild_mends_the_reach_that_is_wrong_and_leaves_the_rest(
    api: Api, deliveries: Deliveries, upstream: SmallService, clock: FixedClock
) -> None:
    reach = (
        "SELECT person_id, facility, org, worker_id, district, custody_state, updated_at FROM person_scope ORDER BY 1"
    )
    wrong, *_ = await grown(deliveries, upstream)
    before = {row["person_id"]: dict(row) for row in await api.database.rows(reach)}
    await api.database.execute("UPDATE person_scope SET worker_id = 'w9' WHERE person_id = $1", wrong.id)
    await api.as_("administrator").post(PATH, {"reason": "test"})
    await run(worker(api, upstream), clock)
    after = {row["person_id"]: dict(row) for row in await api.database.rows(reach)}
    assert after[wrong.id].pop("updated_at") > before[wrong.id].pop("updated_at")
    assert after == before


async def test_events_that_arrive_meanwhile_are_in_both_generations(
    api: Api, deliveries: Deliveries, upstream: SmallService, clock: FixedClock
) -> None:
    people = await grown(deliveries, upstream, 1)
    await api.as_("administrator").post(PATH, {"reason": "test"})
    rebuild = worker(api, upstream)
    clock.set(clock.now() + timedelta(seconds=5))
    await rebuild.step()
    await deliveries.send(people[0].enrolled())
    late = Person(new_id())
    await deliveries.send(late.admitted())
    await run(rebuild, clock)
    assert await api.database.value("SELECT max(generation) FROM projection WHERE state = 'ACTIVE'") == 2
    journey = await api.as_("rcs_intake_officer", facility="HUY").get(f"/v1/persons/{late.id}/journey")
    assert journey.status_code == 200
    head = (await api.database.rows("SELECT * FROM person_head WHERE person_id = $1", people[0].id))[-1]
    assert head["curriculum_state"] == "ENROLLED"


async def test_model_that_holds_more_than_the_journals_is_not_given_up(
    api: Api, deliveries: Deliveries, upstream: SmallService, clock: FixedClock
) -> None:
    person = Person(new_id())
    await deliveries.send(person.admitted())  # in no journal
    await api.as_("administrator").post(PATH, {"reason": "test"})
    await run(worker(api, upstream), clock)
    items = (await api.as_("administrator").get(PATH)).json()["items"]
    assert [(item["generation"], item["state"]) for item in items] == [(2, "RETIRED"), (1, "ACTIVE")]
    assert items[0]["progress"]["missing"] == 1 and items[0]["progress"]["reading"] == 2
    caller = api.as_("rcs_intake_officer", facility="HUY")
    assert (await caller.get(f"/v1/persons/{person.id}/journey")).status_code == 200


async def test_only_administrators_rebuild(api: Api) -> None:
    answer = await api.as_("rcs_intake_officer", facility="HUY").post(PATH, {"reason": "test"})
    assert answer.status_code == 403


async def test_what_a_worker_left_of_a_retired_generation_is_removed_by_the_next(
    api: Api, deliveries: Deliveries, upstream: SmallService, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finishing, "PERSONS_AT_ONCE", 2)
    await grown(deliveries, upstream)
    await api.as_("administrator").post(PATH, {"reason": "test"})
    clock.set(clock.now() + timedelta(seconds=5))
    ended, active = worker(api, upstream), "SELECT max(generation) FROM projection WHERE state = 'ACTIVE'"
    while await api.database.value(active) == 1:
        assert await ended.step()
    left = "SELECT count(*) FROM journey_entry e JOIN person_head h USING (generation, person_id) WHERE generation = 1"
    assert await api.database.value(left) == 15
    following = worker(api, upstream)
    assert await following.step(), "something was left"
    assert not await following.step(), "and nothing is any more"
    assert await api.database.value(left) == 0


class Growing(list[dict[str, Any]]):
    """A journal that has one event more whenever it is asked."""

    def __init__(self, grow: Callable[[], object]) -> None:
        super().__init__()
        self._grow = grow

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self._grow()
        return super().__iter__()


async def test_a_journal_that_grows_as_fast_as_it_is_read_comes_to_an_end(
    api: Api, upstream: SmallService, clock: FixedClock
) -> None:
    upstream.journals["intake"] = Growing(lambda: upstream.keep(Person(new_id()).admitted(), 1))
    await api.as_("administrator").post(PATH, {"reason": "test"})
    async with asyncio.timeout(20):
        await run(worker(api, upstream), clock)
    assert await api.database.value("SELECT generation FROM projection WHERE state = 'ACTIVE'") == 2


async def test_people_who_come_as_fast_as_heads_are_folded_do_not_keep_a_rebuild_from_its_end(
    api: Api, deliveries: Deliveries, upstream: SmallService, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def folded(*given: Any) -> None:  # noqa: ANN401 - passed on
        await fold_many(*given)
        await deliveries.send(Person(new_id()).admitted())

    monkeypatch.setattr(finishing, "PERSONS_AT_ONCE", 2)
    monkeypatch.setattr(finishing, "fold_many", folded)
    await grown(deliveries, upstream)
    await api.as_("administrator").post(PATH, {"reason": "test"})
    async with asyncio.timeout(20):
        await run(worker(api, upstream), clock)
    people = "SELECT count(*) FROM person_head WHERE generation = (SELECT max(generation) FROM projection)"
    assert await api.database.value(people) == 3 + 3, "of two pages that were full and one that was not"
