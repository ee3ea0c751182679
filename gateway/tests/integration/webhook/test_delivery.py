"""From a change in the feed to a partner's receiver: once, signed, tried again, and to nobody who may not follow."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from gateway_scene import Person
from inzira_gateway.settings import Settings
from inzira_gateway.webhook import dispatch, transport
from inzira_gateway.webhook.rules import rules_of
from inzira_platform.clock import FixedClock
from inzira_platform.ids import new_id
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.deliveries import Deliveries
from partner_scene import Partner, administrator, consent, fresh, withdrawal
from webhook_scene import EVERY_PLACE, PURPOSE, Receiver, Worker, deliveries_of, keys_of, receiving, woken_at

NEWS = "inzira.partner.feed.advanced.v1"


@pytest.fixture(scope="module")
def _server() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def receiver(_server: Receiver) -> Receiver:
    """A receiver that has seen nothing."""
    _server.plan.clear()
    _server.seen.clear()
    _server.let_go.clear()
    _server.sent_bytes = 0
    return _server


@pytest.fixture
def worker(api: Api, settings: ServiceSettings) -> Worker:
    assert isinstance(settings, Settings)
    return Worker.of(api, settings)


def later(clock: FixedClock, seconds: float) -> None:
    clock.set(clock.now() + timedelta(seconds=seconds))


async def outcomes(api: Api) -> list[str]:
    rows = await api.database.rows("SELECT outcome FROM webhook_delivery ORDER BY started_at, id")
    return [row["outcome"] for row in rows]


async def test_a_partner_is_woken_once_and_told_nothing_of_anybody(
    caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries
) -> None:
    endpoint = await woken_at(caller, receiver.url)
    assert await worker.turn() == 0, "nothing has happened yet"
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    assert await worker.turn() == 1
    assert await worker.turn() == 0
    (seen,) = receiver.seen
    assert seen.path == "/hook"
    assert seen.headers["content-type"] == "application/json"
    assert seen.document == {"type": NEWS, "timestamp": "2026-11-23T10:00:00Z", "data": {"purpose": PURPOSE}}
    assert len(seen.body) < 20_000
    (key,) = await keys_of(caller, endpoint)
    assert seen.signed_by(key)
    (attempt,) = await deliveries_of(caller, endpoint)
    assert attempt["webhook_id"] == seen.webhook_id
    assert (attempt["outcome"], attempt["status"], attempt["attempt"]) == ("ACCEPTED", 204, 1)
    assert attempt["next_attempt_at"] is None


async def test_changes_the_partner_may_not_see_wake_nobody(
    api: Api, caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries
) -> None:
    await woken_at(caller, receiver.url)
    silent, outside = Person(new_id()), Person(new_id())
    await deliveries.send(silent.admitted(), outside.admitted(return_district="11"), consent(outside.id))
    assert await worker.turn() == 0
    assert await api.database.value("SELECT position FROM webhook_endpoint") == 3, "looked at, and not again"
    given = consent(silent.id)
    await deliveries.send(given)
    assert await worker.turn() == 1
    await deliveries.send(withdrawal(given))
    assert await worker.turn() == 0, "it never read of this person, so nobody is gone for it"


async def test_a_failed_attempt_is_made_again_under_the_same_id(
    partner: Partner, caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries, clock: FixedClock
) -> None:
    endpoint = await woken_at(caller, receiver.url)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    receiver.plan = [500, 404]
    assert await worker.turn() == 1
    assert await worker.turn() == 0, "5 seconds are not over"
    later(clock, 5)
    assert await worker.turn() == 1
    later(clock, 299)
    assert await worker.turn() == 0
    later(clock, 1)
    assert await worker.turn() == 1
    assert len({seen.webhook_id for seen in receiver.seen}) == 1
    assert len({seen.headers["webhook-timestamp"] for seen in receiver.seen}) == 3
    assert len({seen.body for seen in receiver.seen}) == 1
    caller = await partner.sign_in()
    (key,) = await keys_of(caller, endpoint)
    assert all(seen.signed_by(key) for seen in receiver.seen)
    log = await deliveries_of(caller, endpoint)
    assert [(item["attempt"], item["outcome"], item["status"]) for item in log] == [
        (1, "FAULT", 500), (2, "REFUSED", 404), (3, "ACCEPTED", 204),
    ]  # fmt: skip
    assert "words of the receiver" not in str(log)


async def test_after_the_tenth_attempt_it_is_given_up_and_the_next_change_wakes_anew(
    api: Api, caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries, clock: FixedClock
) -> None:
    await woken_at(caller, receiver.url)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    receiver.plan = [503] * 10
    for wait in (0, *rules_of(1).retry_after_s[1:]):
        later(clock, wait)
        await fresh(api)
        assert await worker.turn() == 1
    later(clock, 10 * 86400)
    await fresh(api)
    assert await worker.turn() == 0
    assert await outcomes(api) == ["FAULT"] * 10
    record = "SELECT reason FROM partner_record WHERE action = 'webhook.delivery' AND outcome = 'REFUSED'"
    assert await api.database.value(record) == "fault"
    await deliveries.send(person.enrolled())
    assert await worker.turn() == 1
    assert len({seen.webhook_id for seen in receiver.seen}) == 2


async def test_changes_are_told_together_while_a_wake_up_waits(
    api: Api, caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries, clock: FixedClock
) -> None:
    await woken_at(caller, receiver.url)
    person = Person(new_id())
    receiver.plan = [500]
    await deliveries.send(person.admitted(), consent(person.id))
    await worker.turn()
    for event in (person.enrolled(), person.dated("2027-01-31"), person.certified()):
        await deliveries.send(event)
        assert await worker.look() == 0
    later(clock, 5)
    assert await worker.turn() == 1
    assert await worker.turn() == 0
    assert await api.database.value("SELECT count(*) FROM webhook_message") == 1


async def test_a_change_while_a_wake_up_is_being_sent_has_one_of_its_own(
    caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries
) -> None:
    await woken_at(caller, receiver.url)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    receiver.plan = [Receiver.HELD]
    sending = asyncio.create_task(worker.turn())
    while not receiver.seen:  # noqa: ASYNC110 - seen by another thread
        await asyncio.sleep(0.01)
    await deliveries.send(person.enrolled())
    assert await worker.look() == 0, "not yet: what is being sent may have been acted on already"
    receiver.let_go.set()
    assert await sending == 1
    assert await worker.turn() == 1
    assert len({seen.webhook_id for seen in receiver.seen}) == 2


async def test_two_workers_never_send_the_same_thing_at_once(
    api: Api, settings: ServiceSettings, caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries
) -> None:
    assert isinstance(settings, Settings)
    for _ in range(4):
        await woken_at(caller, receiver.url)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    workers = [worker, *(Worker.of(api, settings) for _ in range(4))]
    counts = await asyncio.gather(*(one.turn() for one in workers))
    assert sum(counts) + await worker.turn() == 4
    assert len({seen.webhook_id for seen in receiver.seen}) == len(receiver.seen) == 4


async def test_410_ends_an_endpoint_until_its_partner_switches_it_on_again(
    api: Api, caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries
) -> None:
    endpoint = await woken_at(caller, receiver.url)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    receiver.plan = [410]
    await worker.turn()
    found = await caller.get(f"/v1/webhooks/{endpoint}")
    assert found.json()["state"] == "DISABLED"
    await deliveries.send(person.enrolled())
    assert await worker.turn() == 0
    assert len(receiver.seen) == 1
    changed = await caller.patch(f"/v1/webhooks/{endpoint}", json={}, headers={"If-Match": found.headers["etag"]})
    assert (changed.status_code, changed.json()["state"]) == (200, "ACTIVE")
    assert await worker.turn() == 1, "what it missed meanwhile"
    actions = await api.database.rows("SELECT action, actor FROM partner_record WHERE action LIKE 'webhook%'")
    assert ("webhook.disabled", "svc:gateway") in [tuple(row.values()) for row in actions]


async def test_a_redirect_is_a_failure_and_never_followed(
    api: Api, caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries
) -> None:
    await woken_at(caller, receiver.url)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    receiver.plan = [302]
    await worker.turn()
    assert [seen.path for seen in receiver.seen] == ["/hook"]
    assert await outcomes(api) == ["REDIRECTED"]


async def test_a_slow_receiver_is_left_and_tried_again(
    api: Api,
    caller: Caller,
    receiver: Receiver,
    worker: Worker,
    deliveries: Deliveries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert rules_of(1).timeout_s == 15
    monkeypatch.setattr(dispatch, "rules_of", lambda version: replace(rules_of(version), timeout_s=0.3))
    endpoint = await woken_at(caller, receiver.url)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    receiver.plan = [Receiver.SLOW]
    await worker.turn()
    (attempt,) = await deliveries_of(caller, endpoint)
    assert (attempt["outcome"], attempt["status"]) == ("TIMEOUT", None)
    assert 300 <= attempt["duration_ms"] < 2000
    assert attempt["next_attempt_at"] is not None


async def test_an_answer_without_end_is_cut_off_and_nothing_of_it_is_kept(
    api: Api,
    caller: Caller,
    receiver: Receiver,
    worker: Worker,
    deliveries: Deliveries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "DRAIN_SECONDS", 30.0)  # so that its length alone ends it
    endpoint = await woken_at(caller, receiver.url)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    receiver.plan = [Receiver.ENDLESS]
    await asyncio.wait_for(worker.turn(), 20)
    (attempt,) = await deliveries_of(caller, endpoint)
    assert (attempt["outcome"], attempt["status"]) == ("ACCEPTED", 200)
    assert receiver.sent_bytes < 20_000_000, "what fits into the buffers of two sockets, and then no more"
    columns = "SELECT string_agg(d::text, ' ') FROM webhook_delivery d"
    assert "xxxx" not in await api.database.value(columns)


async def test_both_keys_sign_while_a_rotation_is_under_way(
    api: Api, caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries, clock: FixedClock
) -> None:
    endpoint = await woken_at(caller, receiver.url)
    (old,) = await keys_of(caller, endpoint)
    assert (await caller.post(f"/v1/webhooks/{endpoint}/rotate")).status_code == 200
    new, still = await keys_of(caller, endpoint)
    assert still == old != new
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    await worker.turn()
    assert len(receiver.seen[0].headers["webhook-signature"].split(" ")) == 2
    assert receiver.seen[0].signed_by(old) and receiver.seen[0].signed_by(new)
    again = await caller.post(f"/v1/webhooks/{endpoint}/rotate")
    assert (again.status_code, again.json()["code"]) == (409, "rotation-under-way")
    later(clock, 86400)
    await fresh(api)
    await deliveries.send(person.enrolled())
    await worker.turn()
    assert receiver.seen[1].signed_by(new) and not receiver.seen[1].signed_by(old)
    await deliveries.scan("webhook-prune")
    kept = "SELECT array_agg(sealed IS NOT NULL ORDER BY ends_at NULLS LAST) FROM webhook_key"
    assert await api.database.value(kept) == [False, True]


async def test_whoever_is_suspended_is_not_woken_and_is_told_afterwards(
    api: Api, partner: Partner, caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries
) -> None:
    endpoint = await woken_at(caller, receiver.url)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    assert await worker.look() == 1
    await caller.post(f"/v1/webhooks/{endpoint}/test")
    path = f"/v1/admin/partners/{partner.id}"
    await administrator(api).post(f"{path}/suspension")
    assert await worker.turn() == 0
    await deliveries.send(person.enrolled())
    assert await worker.turn() == 0
    await administrator(api).post(f"{path}/resumption")
    await administrator(api, "adm-2").post(f"{path}/approval")
    assert await worker.turn() == 2
    assert sorted(seen.document["type"] for seen in receiver.seen) == [NEWS, "inzira.partner.webhook.test.v1"]


async def test_a_grant_that_ends_stops_a_wake_up_that_was_made(
    api: Api, caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries
) -> None:
    await woken_at(caller, receiver.url)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    assert await worker.look() == 1
    grant = (await administrator(api).get("/v1/admin/grants")).json()["items"][0]["id"]
    await administrator(api).post(f"/v1/admin/grants/{grant}/suspension")
    assert await worker.turn() == 0
    assert receiver.seen == []


async def test_an_administrator_stops_an_endpoint_whatever_its_partner_wants(
    api: Api, caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries
) -> None:
    endpoint = await woken_at(caller, receiver.url)
    await administrator(api).post(f"/v1/admin/webhooks/{endpoint}/suspension")
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    assert await worker.turn() == 0
    found = await caller.get(f"/v1/webhooks/{endpoint}")
    refused = await caller.patch(f"/v1/webhooks/{endpoint}", json={}, headers={"If-Match": found.headers["etag"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook-state")
    assert (await caller.post(f"/v1/webhooks/{endpoint}/test")).status_code == 409
    await administrator(api).post(f"/v1/admin/webhooks/{endpoint}/resumption")
    assert await worker.turn() == 1


async def test_a_test_message_says_that_it_is_one(caller: Caller, receiver: Receiver, worker: Worker) -> None:
    endpoint = await woken_at(caller, receiver.url)
    answer = await caller.post(f"/v1/webhooks/{endpoint}/test")
    assert answer.status_code == 202
    second = await caller.post(f"/v1/webhooks/{endpoint}/test")
    assert (second.status_code, second.json()["code"]) == (409, "message-outstanding")
    assert await worker.turn() == 1
    assert receiver.seen[0].webhook_id == answer.json()["webhook_id"]
    assert receiver.seen[0].document["type"] == "inzira.partner.webhook.test.v1"
    (key,) = await keys_of(caller, endpoint)
    assert receiver.seen[0].signed_by(key)


async def test_the_wake_ups_of_a_time_are_sent_again_as_one(
    caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries, clock: FixedClock
) -> None:
    endpoint = await woken_at(caller, receiver.url)
    person, start = Person(new_id()), clock.now().isoformat()
    nothing = await caller.post(f"/v1/webhooks/{endpoint}/replay", {"since": start})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-to-replay")
    await deliveries.send(person.admitted(), consent(person.id))
    await worker.turn()
    later(clock, 1)
    await deliveries.send(person.enrolled())
    await worker.turn()
    first, last = [seen.webhook_id for seen in receiver.seen]
    answer = await caller.post(f"/v1/webhooks/{endpoint}/replay", {"since": start})
    assert answer.status_code == 202
    assert answer.json() == {"webhook_id": last, "stands_for": 2}
    assert await worker.turn() == 1
    assert [seen.webhook_id for seen in receiver.seen] == [first, last, last]
    wrong = await caller.post(f"/v1/webhooks/{endpoint}/replay", {"since": "2020-01-01T00:00:00Z"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "replay-range")


async def test_a_deleted_endpoint_hears_nothing_more_and_its_private_keys_are_gone(
    api: Api, caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries
) -> None:
    endpoint = await woken_at(caller, receiver.url)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    assert await worker.look() == 1
    found = await caller.get(f"/v1/webhooks/{endpoint}")
    gone = await caller.delete(f"/v1/webhooks/{endpoint}", headers={"If-Match": found.headers["etag"]})
    assert gone.status_code == 204
    assert await worker.turn() == 0
    assert await api.database.value("SELECT count(*) FROM webhook_key WHERE sealed IS NOT NULL") == 0
    assert await api.database.value("SELECT state FROM webhook_message") == "CANCELLED"


async def test_the_log_is_forgotten_after_thirty_days(
    api: Api, caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries, clock: FixedClock
) -> None:
    await woken_at(caller, receiver.url)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    await worker.turn()
    later(clock, 29 * 86400)
    await deliveries.scan("webhook-prune")
    assert await api.database.value("SELECT count(*) FROM webhook_delivery") == 1
    later(clock, 2 * 86400)
    await deliveries.scan("webhook-prune")
    assert await api.database.value("SELECT count(*) FROM webhook_delivery") == 0
    assert await api.database.value("SELECT count(*) FROM webhook_message") == 0


async def test_a_message_whose_every_attempt_was_interrupted_is_given_up(
    api: Api, caller: Caller, receiver: Receiver, worker: Worker, clock: FixedClock
) -> None:
    endpoint = await woken_at(caller, receiver.url)
    await caller.post(f"/v1/webhooks/{endpoint}/test")
    for _ in range(10):
        assert len(await worker.dispatcher.claim(EVERY_PLACE)) == 1, "claimed, and then the worker is gone"
        later(clock, 46)
    assert await worker.dispatcher.claim(EVERY_PLACE) == []
    assert await outcomes(api) == ["INTERRUPTED"] * 10
    assert await api.database.value("SELECT state FROM webhook_message") == "FAILED"


async def test_whoever_lost_the_lease_has_no_say_any_more(
    api: Api, caller: Caller, receiver: Receiver, worker: Worker, clock: FixedClock
) -> None:
    endpoint = await woken_at(caller, receiver.url)
    await caller.post(f"/v1/webhooks/{endpoint}/test")
    (late,) = await worker.dispatcher.claim(EVERY_PLACE)
    later(clock, 46)
    receiver.plan = [500]
    assert await worker.dispatcher.turn(16) == 1
    await worker.dispatcher.deliver(late)
    assert await api.database.value("SELECT state FROM webhook_message") == "PENDING"
    assert await outcomes(api) == ["ACCEPTED", "FAULT"]


async def test_a_mended_address_is_tried_at_once(caller: Caller, receiver: Receiver, worker: Worker) -> None:
    endpoint = await woken_at(caller, "http://127.0.0.1:1/nobody")
    await caller.post(f"/v1/webhooks/{endpoint}/test")
    assert await worker.turn() == 1
    assert await worker.turn() == 0
    await caller.patch(f"/v1/webhooks/{endpoint}", json={"url": receiver.url}, headers={"If-Match": '"1"'})
    assert await worker.turn() == 1
    log = await deliveries_of(caller, endpoint)
    assert [item["outcome"] for item in log] == ["UNREACHABLE", "ACCEPTED"]


async def test_nobody_is_woken_on_a_word_of_intake_that_is_old_and_everybody_when_it_is_fresh(
    api: Api, caller: Caller, receiver: Receiver, worker: Worker, deliveries: Deliveries, clock: FixedClock
) -> None:
    await woken_at(caller, receiver.url)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    later(clock, 61)
    assert await worker.turn() == 0
    await fresh(api)
    assert await worker.turn() == 0, "asked again after a pause, not twice a second"
    worker.watch.monotonic = lambda: time.monotonic() + 10
    assert await worker.turn() == 1
