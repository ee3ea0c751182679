"""The worker's part: look for news, and deliver what is due, several at once."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

from inzira_platform.bell import rings
from inzira_platform.clock import Clock
from inzira_platform.inbox import is_transient
from inzira_platform.logging import log
from inzira_platform.service import Runtime
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.bells import WEBHOOKS
from inzira_gateway.grant.catalogue import load_catalogue
from inzira_gateway.settings import Settings
from inzira_gateway.transactions import Transactions
from inzira_gateway.webhook import repository
from inzira_gateway.webhook.address import Reach
from inzira_gateway.webhook.dispatch import Claimed, Dispatcher
from inzira_gateway.webhook.domain import rules_on
from inzira_gateway.webhook.places import Places
from inzira_gateway.webhook.rules import load_rules
from inzira_gateway.webhook.transport import Sender, SystemResolver, tls_context
from inzira_gateway.webhook.vault import KeyVault
from inzira_gateway.webhook.wake import Watch

T = TypeVar("T")
BUSY_SECONDS = 0.5
"""Between two looks at least, however often it rings; and at most while attempts are under way or a look failed."""
QUIET_SECONDS = 10.0
"""Between two looks at most: a feed that may be followed from today on rings no bell."""


def reach_of(settings: Settings) -> Reach:
    """What this installation lets webhooks reach."""
    return Reach(frozenset(settings.webhook_ports), settings.webhook_loopback)


def make_dispatcher(runtime: Runtime) -> Dispatcher:
    """The dispatcher of a running worker. Raises KeyFileError for a key file that is not right."""
    settings = runtime.settings
    assert isinstance(settings, Settings)  # noqa: S101 - the gateway's worker is started with its own settings
    sender = Sender(SystemResolver(), reach_of(settings), tls_context(settings.webhook_ca_file))
    vault = KeyVault.from_file(settings.field_key_file)
    return Dispatcher(Transactions(runtime.sessions), vault, sender, runtime.clock)


async def work(runtime: Runtime) -> None:
    """Wake and deliver for ever: when it rings, and when a message is due. A database that is away is waited for."""
    dispatcher = make_dispatcher(runtime)
    watch = Watch(Transactions(runtime.sessions), load_catalogue(), runtime.clock)
    places, under_way, bell = Places(), set[asyncio.Task[None]](), runtime.bells[WEBHOOKS]

    def begin(claimed: Claimed) -> None:
        task = asyncio.create_task(_deliver(dispatcher, claimed))
        under_way.add(task)
        places.take(task, claimed.client_id, is_slow=claimed.is_slow)
        task.add_done_callback(under_way.discard)
        task.add_done_callback(places.give_back)
        task.add_done_callback(lambda _: bell.set())  # for whoever waits for this place, and for what came meanwhile

    async def look() -> float:
        """Wake whom there is news for and begin what is due; seconds until there may be more that nobody rings for."""
        endpoints = await _watched(watch.behind())
        looked = [await _watched(watch.look(endpoint_id)) for endpoint_id in endpoints or []]
        found = await _watched(dispatcher.claim(places.free()))
        for claimed in found or []:
            begin(claimed)
        due = await _watched(dispatcher.due_in())
        if under_way or None in (endpoints, *looked, found, due):
            return BUSY_SECONDS
        return min(due or 0.0, watch.asks_again_in(), QUIET_SECONDS)

    try:
        while True:
            bell.clear()
            again_in = await look()
            await asyncio.sleep(BUSY_SECONDS)
            await rings(bell, again_in - BUSY_SECONDS)
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _deliver(dispatcher: Dispatcher, claimed: Claimed) -> None:
    await _watched(dispatcher.deliver(claimed))


async def _watched(step: Awaitable[T]) -> T | None:
    """The step's result; None where it failed: one endpoint's fault must not stop the others."""
    try:
        return await step
    except Exception as error:
        if is_transient(error):
            log().warning("webhook.interrupted", error_class=type(error).__name__)
        else:
            log().error("webhook.failed", error_class=type(error).__name__, exc_info=True)
        return None


async def forget(session: AsyncSession, clock: Clock) -> int:
    """Forget messages and deliveries past their time, and the private halves of keys that have ended."""
    await repository.drop_private_keys(session, clock.now())
    kept = timedelta(days=rules_on(load_rules(), clock.today()).kept_days)
    await repository.prune(session, clock.now() - kept)
    return 0
