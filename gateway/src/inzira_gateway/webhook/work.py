"""The worker's part: look for news, and deliver what is due, several at once."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

from inzira_platform.clock import Clock
from inzira_platform.inbox import is_transient
from inzira_platform.logging import log
from inzira_platform.service import Runtime
from sqlalchemy.ext.asyncio import AsyncSession

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
EVERY_SECONDS = 0.5


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
    """Wake and deliver for ever; a database that is away is waited for."""
    dispatcher = make_dispatcher(runtime)
    watch = Watch(Transactions(runtime.sessions), load_catalogue(), runtime.clock)
    places, under_way = Places(), set[asyncio.Task[None]]()

    def begin(claimed: Claimed) -> None:
        task = asyncio.create_task(_deliver(dispatcher, claimed))
        under_way.add(task)
        places.take(task, claimed.client_id, is_slow=claimed.is_slow)
        task.add_done_callback(under_way.discard)
        task.add_done_callback(places.give_back)

    try:
        while True:
            for endpoint_id in await _watched(watch.behind()) or []:
                await _watched(watch.look(endpoint_id))
            for claimed in await _watched(dispatcher.claim(places.free())) or []:
                begin(claimed)
            await asyncio.sleep(EVERY_SECONDS)
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
