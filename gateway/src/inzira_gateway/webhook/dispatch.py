"""Delivering: claim in one transaction, send in none, record in another.

A worker that dies between sending and recording leaves a lease that ends by itself: the message is sent again, under
the same `webhook-id`, and the log says that the attempt was interrupted.
"""

import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from inzira_platform.clock import Clock
from inzira_platform.failpoints import failpoint
from inzira_platform.ids import new_id
from inzira_platform.logging import log
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.grant import service as grants
from inzira_gateway.partner import service as partners
from inzira_gateway.transactions import SERVICE, Transactions
from inzira_gateway.webhook import attempts, repository
from inzira_gateway.webhook.domain import (
    EndpointState,
    MessageState,
    Outcome,
    Rules,
    is_used_up,
    message_body,
    next_attempt,
)
from inzira_gateway.webhook.models import WebhookDelivery, WebhookEndpoint, WebhookKey, WebhookMessage
from inzira_gateway.webhook.places import SLOW_AT_ONCE, Free
from inzira_gateway.webhook.rules import rules_of
from inzira_gateway.webhook.signing import headers
from inzira_gateway.webhook.transport import Answer, Sender
from inzira_gateway.webhook.vault import KeyVault, SealBrokenError

ACTOR = f"svc:{SERVICE}"
OF_ONE_PARTNER = 5
"""Attempts to one partner's endpoints under way in one worker: of its places the others keep the rest, however many
endpoints and messages this one has, and however long its receivers take.
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """One attempt that this worker has to itself until its lease ends."""

    message_id: UUID
    endpoint_id: UUID
    client_id: str
    delivery_id: UUID
    lease: UUID
    url: str
    body: bytes
    keys: tuple[WebhookKey, ...]
    rules: Rules
    is_slow: bool


class Dispatcher:
    """Claims, sends and records. `chance` gives numbers in [0, 1) for the spread of waits."""

    def __init__(
        self,
        transactions: Transactions,
        vault: KeyVault,
        sender: Sender,
        clock: Clock,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._transactions = transactions
        self._vault = vault
        self._sender = sender
        self._clock = clock
        self._chance = chance

    async def turn(self, most: int) -> int:
        """Deliver up to `most` messages that are due, one after the other; how many there were."""
        claimed = await self.claim(Free(most, SLOW_AT_ONCE, Counter()))
        for one in claimed:
            await self.deliver(one)
        return len(claimed)

    async def claim(self, free: Free) -> list[Claimed]:
        """Attempts that are due, leased and written into the log as started, as far as there are places.

        No partner has more than OF_ONE_PARTNER under way in this worker.
        """
        if not (free.at_once or free.slow):
            return []
        async with self._transactions.begin() as session:
            if not await attempts.is_any_due(session, self._clock.now()):
                return []
            followed = await grants.feeds_in_force(session, self._clock.today())
            found = await attempts.due(session, self._clock.now(), followed, free, OF_ONE_PARTNER)
            taken = [await self._take(session, *one) for one in found]
            return [claimed for claimed in taken if claimed is not None]

    async def due_in(self) -> float:
        """Seconds until a message is due that is not yet; endless where none waits for its time."""
        now = self._clock.now()
        async with self._transactions.begin() as session:
            at = await attempts.next_due(session, now)
        return math.inf if at is None else (at - now).total_seconds()

    async def _take(
        self, session: AsyncSession, message: WebhookMessage, endpoint: WebhookEndpoint, is_slow: bool
    ) -> Claimed | None:
        now, rules = self._clock.now(), rules_of(message.rules_version)
        await attempts.interrupted(session, message.id, now)
        if is_used_up(rules, message.attempts):  # the last attempt was interrupted
            self._end(message, MessageState.FAILED)
            self._note(session, endpoint, message, Outcome.INTERRUPTED)
            return None
        message.attempts += 1
        message.lease, message.lease_until = new_id(), now + timedelta(seconds=rules.lease_s)
        delivery = WebhookDelivery(
            id=new_id(), message_id=message.id, endpoint_id=endpoint.id, kind=message.kind,
            attempt=message.attempts, outcome=Outcome.STARTED, started_at=now,
        )  # fmt: skip
        session.add(delivery)
        await session.flush()
        keys = tuple(await repository.keys_of(session, [endpoint.id], now))
        body = message_body(message.kind, message.created_at, endpoint.purpose)
        return Claimed(
            message.id, endpoint.id, endpoint.client_id, delivery.id, message.lease, endpoint.url, body, keys, rules,
            is_slow,
        )  # fmt: skip

    async def deliver(self, claimed: Claimed) -> Answer:
        """Send one attempt and record what came of it."""
        try:
            sent = self._headers(claimed)
        except SealBrokenError:
            log().error("webhook.key_not_opened", count=len(claimed.keys))
            answer = Answer(Outcome.UNSIGNED, None, 0)
        else:
            rules = claimed.rules
            answer = await self._sender.post(
                claimed.url, sent, claimed.body, seconds=rules.timeout_s, answer_bytes=rules.answer_bytes
            )
        await failpoint("webhook_sent")
        await self._record(claimed, answer)
        return answer

    def _headers(self, claimed: Claimed) -> dict[str, str]:
        """Signed with every key that signs now, for this moment."""
        opened = [self._vault.open(key.sealed or b"", key.key_version, key.id) for key in claimed.keys]
        name, stamp = f"msg_{claimed.message_id}", int(self._clock.now().timestamp())
        signed = headers(opened, name, stamp, claimed.body)
        return {"Content-Type": "application/json", "User-Agent": "inzira-webhooks/1", **signed}

    async def _record(self, claimed: Claimed, answer: Answer) -> None:
        async with self._transactions.begin() as session:
            endpoint, message = await attempts.lock(session, claimed.endpoint_id, claimed.message_id)
            after = None
            if message.lease == claimed.lease:  # else it was given up, or another worker has it by now
                after = self._settle(message, answer.outcome, claimed.rules)
                self._note(session, endpoint, message, answer.outcome)
                if answer.outcome is Outcome.GONE:
                    await self._disable(session, endpoint)
            await attempts.end_delivery(
                session, claimed.delivery_id, answer.outcome, answer.status, answer.took_ms, after
            )

    def _settle(self, message: WebhookMessage, outcome: Outcome, rules: Rules) -> datetime | None:
        """What an attempt means for its message; when the next one is due, if there is one."""
        failed = outcome not in (Outcome.ACCEPTED, Outcome.GONE)
        again = next_attempt(rules, message.attempts, self._clock.now(), self._chance()) if failed else None
        if again is None:
            self._end(message, MessageState.DELIVERED if outcome is Outcome.ACCEPTED else MessageState.FAILED)
        message.lease, message.lease_until, message.next_attempt_at = None, None, again
        return again

    def _end(self, message: WebhookMessage, state: MessageState) -> None:
        message.state, message.ended_at = state, self._clock.now()
        message.lease, message.lease_until, message.next_attempt_at = None, None, None

    def _note(
        self, session: AsyncSession, endpoint: WebhookEndpoint, message: WebhookMessage, outcome: Outcome
    ) -> None:
        """Put on the partner's record what an operator should see: a message given up, an address that leads inside."""
        if message.state == MessageState.FAILED or outcome is Outcome.ADDRESS:
            partners.record(
                session, endpoint.client_id, "webhook.delivery", self._clock.now(), actor=ACTOR, outcome="REFUSED",
                reason=outcome.lower(), subject=endpoint.id,
            )  # fmt: skip

    async def _disable(self, session: AsyncSession, endpoint: WebhookEndpoint) -> None:
        """The receiver said that it is gone for good."""
        now = self._clock.now()
        if endpoint.state == EndpointState.ACTIVE:
            endpoint.state, endpoint.updated_at = EndpointState.DISABLED, now
            endpoint.version += 1
            partners.record(session, endpoint.client_id, "webhook.disabled", now, actor=ACTOR, subject=endpoint.id)
        await session.flush()
        await repository.cancel_pending(session, endpoint.id, now)
