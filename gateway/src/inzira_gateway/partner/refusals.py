"""What partners are refused before a route has the word: on record like what the routes refuse themselves."""

from dataclasses import dataclass

from inzira_platform.auth import ANONYMOUS, Principal
from inzira_platform.clock import Clock
from inzira_platform.problems import path_of
from starlette.types import Scope

from inzira_gateway.partner.service import record
from inzira_gateway.transactions import Transactions

UNRECORDED = frozenset({"too-many-requests", "too-many-at-once"})
"""A row for every request of a flood would be a flood of its own; the door counts these."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """Keeps codes and the template of the address; never what was asked."""

    transactions: Transactions
    clock: Clock

    async def on_refused(self, scope: Scope, code: str) -> None:
        """What the platform refused: a parameter there is not, a value out of bounds, a body of another kind."""
        await self.note(scope.get("principal", ANONYMOUS), scope["method"], path_of(scope), code)

    async def note(self, principal: Principal, method: str, template: str, code: str) -> None:
        """Append it, when it was a partner that was refused."""
        if principal.scope_kind != "partner" or code in UNRECORDED:
            return
        client, now = principal.sub, self.clock.now()
        async with self.transactions.begin() as session:
            record(session, client, f"{method} {template}", now, actor=client, outcome="REFUSED", reason=code)
