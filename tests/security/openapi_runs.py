"""One run of a service against its own document."""

import asyncio

from contract import Findings, hold_to_contract
from fleet import Ground, caller_for
from inzira_platform.app import build_app
from listening import listening
from seeds import known_values, seed


async def keeps_its_contract(ground: Ground, name: str, examples: int = 15) -> None:
    """Fails with every finding; the service listens on the loopback, its database holds a few facts."""
    async with ground.deployed(name) as deployed:
        await seed(deployed)
        known = await known_values(deployed)
        document = deployed.api.app.openapi()

        def token_of(permission: str) -> str:
            return ground.keys.token(caller_for(permission), name, ground.clock)

        app = build_app(deployed.service, deployed.settings, ground.clock)
        with listening(app) as server:
            findings = await asyncio.to_thread(
                hold_to_contract, server.url, document, token_of, known, examples=examples
            )
        told(name, findings)


def told(name: str, findings: Findings) -> None:
    """Fails with every finding; what was asked is shown when it does, or with -s."""
    print(f"{name}: {findings.calls} calls in {findings.seconds:.1f} s")
    for label, counts in sorted(findings.statuses.items()):
        print("  ", label, dict(sorted(counts.items())))
    assert not findings.failures and not findings.errors, findings.report()
