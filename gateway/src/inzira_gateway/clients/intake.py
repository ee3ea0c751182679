"""What the gateway asks of intake: names, for callers who may see them, with the caller's own reach."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from inzira_platform.auth import Principal
from inzira_platform.context import current_trace
from inzira_platform.errors import DomainError
from inzira_platform.logging import log

from inzira_gateway.clients.upstream import ServiceTimeoutError, Upstream

SECONDS = 0.9
"""A journey answers within 1.2 seconds while intake hangs (security.md 10.25)."""
MOST_FOUND = 200


@dataclass(frozen=True, slots=True)
class Names:
    """Names by person; `reason` says why they are missing when intake could not be asked."""

    by_person: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Persons whose name or identifier fits a search, best first."""

    person_ids: tuple[UUID, ...] = ()
    reason: str | None = None


class IntakeClient:
    """Asks as the caller: `token_for` makes the internal token of the principal at hand."""

    def __init__(self, upstream: Upstream, token_for: Callable[[Principal], str]) -> None:
        self._upstream = upstream
        self._token_for = token_for

    async def names(self, principal: Principal, person_ids: Sequence[UUID]) -> Names:
        """Names of those whom the caller may identify; never raises: the answer says what is missing."""
        if not person_ids or not principal.can("person:identify"):
            return Names()
        ids = [("ids", str(person_id)) for person_id in dict.fromkeys(person_ids)]
        answer, reason = await self._ask(principal, "/v1/names", ids)
        if answer is None:
            return Names(reason=reason)
        return Names({UUID(item["person_id"]): item for item in answer.get("items", [])})

    async def search(self, principal: Principal, words: str) -> Found:
        """Persons in reach whose name or identifier fits; never raises. Identifiers hold digits, names none."""
        by = "identifier" if any(character.isdigit() for character in words) else "name"
        query = [(by, words), ("limit", str(MOST_FOUND))]
        answer, reason = await self._ask(principal, "/v1/identities", query)
        if answer is None:
            return Found(reason=reason)
        return Found(tuple(UUID(item["person_id"]) for item in answer.get("items", [])))

    async def _ask(
        self, principal: Principal, path: str, query: list[tuple[str, str]]
    ) -> tuple[dict[str, Any] | None, str | None]:
        trace = current_trace()
        headers = {
            "Authorization": f"Bearer {self._token_for(principal)}",
            "X-Request-Id": str(trace.request_id),
            "traceparent": trace.traceparent,
        }
        try:
            call = self._upstream.call(
                "GET", path, seconds=SECONDS, idle_seconds=SECONDS, params=query, headers=headers
            )
            async with call as response:
                if response.status != 200:
                    log().warning("names.refused", upstream="intake", status=response.status)
                    return None, "refused"
                return orjson.loads(await response.read()), None
        except ServiceTimeoutError:
            return None, "timeout"
        except DomainError:
            return None, "not-answering"
        except (ValueError, KeyError, asyncio.IncompleteReadError):
            return None, "not-understood"
