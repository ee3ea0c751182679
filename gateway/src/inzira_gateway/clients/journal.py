"""Reading the services' journals, page by page, as the gateway at work."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from inzira_gateway.clients.upstream import ServiceUnavailableError, Upstream

SECONDS = 20.0
PAGE = 1000


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One event as its service keeps it."""

    seq: int
    event_id: UUID
    type: str
    stream: str
    version: int
    source: str
    time: datetime
    payload: bytes


class JournalClient:
    """Asks one service at a time; `token_for` makes the gateway's own token for it."""

    def __init__(self, upstreams: Callable[[str], Upstream], token_for: Callable[[str], str]) -> None:
        self._upstreams = upstreams
        self._token_for = token_for

    async def pages(self, service: str, after_seq: int) -> AsyncGenerator[tuple[list[JournalRow], int]]:
        """The rows after a sequence number, page by page, each with the number to go on from.

        A page that is not full is the last, for a journal grows while it is read. The next one is asked for while the
        caller has the one before. Raises what `page` raises.
        """
        asking = asyncio.create_task(self.page(service, after_seq))
        try:
            while True:
                rows, after_seq = await asking
                if len(rows) < PAGE:
                    yield rows, after_seq
                    return
                asking = asyncio.create_task(self.page(service, after_seq))
                yield rows, after_seq
        finally:
            asking.cancel()
            await asyncio.wait([asking])

    async def page(self, service: str, after_seq: int) -> tuple[list[JournalRow], int]:
        """The next rows after a sequence number and the number to go on from.

        Raises ServiceUnavailableError or ServiceTimeoutError: the rebuild goes on from where it was later.
        """
        headers = {"Authorization": f"Bearer {self._token_for(service)}"}
        query = {"after_seq": str(after_seq), "limit": str(PAGE)}
        path = f"/v1/operations/{service}/journal"
        call = self._upstreams(service).call(
            "GET", path, seconds=SECONDS, idle_seconds=SECONDS, params=query, headers=headers
        )
        async with call as response:
            if response.status != 200:
                raise ServiceUnavailableError
            answer = orjson.loads(await response.read())
        return [_row(item) for item in answer["entries"]], int(answer["next_after_seq"])


def _row(item: dict[str, Any]) -> JournalRow:
    return JournalRow(
        seq=item["seq"],
        event_id=UUID(item["event_id"]),
        type=item["type"],
        stream=item["stream"],
        version=item["version"],
        source=str(item["source"]).rsplit("/", 1)[-1],
        time=datetime.fromisoformat(item["time"]),
        payload=item["payload"].encode(),
    )
