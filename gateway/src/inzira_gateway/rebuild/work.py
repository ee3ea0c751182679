"""The worker's part in a rebuild: look for one, and carry it through."""

from inzira_platform.auth import system
from inzira_platform.bell import rings
from inzira_platform.inbox import is_transient
from inzira_platform.logging import log
from inzira_platform.service import Runtime

from inzira_gateway.bells import REBUILD
from inzira_gateway.clients.journal import JournalClient
from inzira_gateway.clients.upstream import Upstreams
from inzira_gateway.rebuild.service import Rebuild
from inzira_gateway.settings import Settings
from inzira_gateway.token.keys import Issuer, load_signing_key
from inzira_gateway.transactions import SERVICE, Transactions

EVERY_SECONDS = 10.0
RETRY_SECONDS = 2.0


async def work(runtime: Runtime) -> None:
    """Look for a rebuild when one was asked for, and every 10 seconds; a database that is away is waited for."""
    settings = runtime.settings
    assert isinstance(settings, Settings)  # noqa: S101 - the gateway's worker is started with its own settings
    issuer = Issuer(load_signing_key(settings.signing_key_file))
    upstreams = Upstreams(settings.upstreams, 4)
    journals = JournalClient(
        upstreams.__getitem__, lambda service: issuer.internal(system(SERVICE), service, runtime.clock.now())
    )
    rebuild, bell = Rebuild(Transactions(runtime.sessions), journals, runtime.clock), runtime.bells[REBUILD]
    try:
        while True:
            bell.clear()
            await rings(bell, await _step(rebuild))
    finally:
        await upstreams.close()


async def _step(rebuild: Rebuild) -> float:
    """One step; seconds until the next."""
    try:
        return 0 if await rebuild.step() else EVERY_SECONDS
    except Exception as error:
        if not is_transient(error):
            raise
        log().warning("rebuild.interrupted", error_class=type(error).__name__)
        return RETRY_SECONDS
