"""The gateway on a restored database: nobody is signed in, and no partner goes on from where the backup never was."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import httpx2
from gateway_scene import Person, make_account, problem_of, sign_in
from inzira_gateway.main import SERVICE
from inzira_platform.clock import FixedClock
from inzira_platform.ids import new_id
from inzira_platform.recovery import begin_anew, mark, next_epoch
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.testing.deliveries import Deliveries
from partner_scene import FOR_RETURN, consent, fresh, granted, registered

STANDING_IS_KEPT_SECONDS = 2.1


async def restored(database: ServiceDatabase, clock: FixedClock) -> None:
    """As `inzira restore` leaves a database, and `migrate` takes it up."""
    admin = await asyncpg.connect(database.admin_dsn)
    await mark(admin, database.name, next_epoch(0, datetime.now(UTC)))
    await admin.close()
    assert await begin_anew(SERVICE, database.app_dsn, clock) is not None


async def test_every_session_has_ended(door: Api, clock: FixedClock) -> None:
    await make_account(door, "keza", "rcs_intake_officer", facilities=("HUY",))
    tokens = await sign_in(door, "keza")
    caller = door.with_token(tokens["access_token"])
    assert (await caller.get("/v1/me")).status_code == 200
    await restored(door.database, clock)
    await asyncio.sleep(STANDING_IS_KEPT_SECONDS)
    assert (await caller.get("/v1/me")).status_code == 401
    refused = await door.nobody().post("/v1/sessions/refresh", {"refresh_token": tokens["refresh_token"]})
    assert refused.status_code == 401
    again = await sign_in(door, "keza")
    assert (await door.with_token(again["access_token"]).get("/v1/me")).status_code == 200


async def test_cursors_have_expired_and_no_position_is_given_out_twice(
    api: Api, door: Api, deliveries: Deliveries, clock: FixedClock
) -> None:
    partner = await registered(api, door)
    await granted(api, partner, route="feed")
    await fresh(api)
    caller, person = await partner.sign_in(), Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    before = (await followed(caller)).headers["next-cursor"]
    last = await api.database.value("SELECT max(position) FROM feed_event")
    await restored(api.database, clock)
    expired = problem_of(await followed(caller, cursor=before))
    assert (expired["status"], expired["code"]) == (410, "feed-cursor-expired")
    cursor = (await followed(caller, start="latest")).headers["next-cursor"]
    await deliveries.send(person.dated("2027-01-31"))
    after = await followed(caller, cursor=cursor)
    assert [item["data"]["expected_release_on"] for item in after.json()] == ["2027-01-31"]
    assert await api.database.value("SELECT min(position) FROM feed_event") > last + 1_000_000


async def followed(caller: Caller, **query: str) -> httpx2.Response:
    return await caller.get("/v1/feed", headers=FOR_RETURN, params=query)
