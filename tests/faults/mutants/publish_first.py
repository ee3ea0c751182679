"""A service that publishes an event where it writes it, before anything is committed."""

import os
from typing import Any

from aiokafka import AIOKafkaProducer
from inzira_contracts.envelope import Envelope
from inzira_platform import outbox
from inzira_platform.clock import SystemClock


class _Eager:
    """Stands for `emit`: the same row, and at once the same record."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._producer: AIOKafkaProducer | None = None
        self._row, self._emit = outbox._row, outbox.emit
        self._written: dict[int, dict[str, Any]] = {}

    def row(self, session: Any, event: Any, stream: str, trace: Any) -> dict[str, Any]:  # noqa: ANN401 - passed through
        made = self._written[id(session)] = self._row(session, event, stream, trace)
        return made

    async def emit(self, session: Any, event: Any, stream: str | None = None) -> int:  # noqa: ANN401 - passed through
        version = await self._emit(session, event, stream)
        await self._publish(self._written.pop(id(session)), version)
        return version

    async def _publish(self, row: dict[str, Any], version: int) -> None:
        if self._producer is None:
            self._producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap, acks="all", request_timeout_ms=3000)
            await self._producer.start()
        name = row["stream"]
        source = outbox.json.loads(row["headers"])["source"]
        envelope = Envelope(row["event_id"], row["type"], source, name, SystemClock().now(), name, version)
        headers = envelope.to_headers()
        await self._producer.send_and_wait(row["topic"], row["payload"], key=name.encode(), headers=headers)


def change(arguments: list[str]) -> None:
    """Put it into this process, if it is one that answers requests; before the services' modules are imported."""
    if arguments[1] == "api":
        prefix = arguments[0].removeprefix("inzira_").upper()
        eager = _Eager(os.environ[f"{prefix}_KAFKA_BOOTSTRAP"])
        outbox._row, outbox.emit = eager.row, eager.emit
