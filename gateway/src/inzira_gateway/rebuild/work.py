"""The worker's part in a rebuild: look for one, and carry it through."""

import asyncio

from inzira_platform.auth import system
from inzira_platform.inbox import is_transient
from inzira_platform.logging import log
from inzira_platform.service import Runtime

from inzira_gateway.clients.journal import JournalClient
from inzira_gateway.clients.upstream import Upstreams
from inzira_gateway.rebuild.service import Rebuild
from inzira_gateway.settings import Settings
from inzira_gateway.token.keys import Issuer, load_signing_key
from inzira_gateway.transactions import SERVICE, Transactions

EVERY_SECONDS = 2.0


async def work(runtime: Runtime) -> None:
    """Look for a requested rebuild every 2 seconds; a database that is away is waited for."""
    settings = runtime.settings
    assert isinstance(settings, Settings)  # noqa: S101 - the gateway's worker is started with its own settings
    issuer = Issuer(load_signing_key(settings.signing_key_file))
    upstreams = Upstreams(settings.upstreams, 4)
    journals = JournalClient(
        upstreams.__getitem__, lambda service: issuer.internal(system(SERVICE), service, runtime.clock.now())
    )
    rebuild = Rebuild(Transactions(runtime.sessions), journals, runtime.clock)
    try:
        while True:  # noqa: ASYNC110 - the request comes from another process, through the database
            await asyncio.sleep(0 if await _step(rebuild) else EVERY_SECONDS)
    finally:
        await upstreams.close()


async def _step(rebuild: Rebuild) -> bool:
    try:
        return await rebuild.step()
    except Exception as error:
        if not is_transient(error):
            raise
        log().warning("rebuild.interrupted", error_class=type(error).__name__)
        return False
