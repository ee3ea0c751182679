"""A consumer that tells the broker it is done before it has done anything."""

from typing import Any

from inzira_platform import consumer

_take = consumer.ConsumerRunner._take


async def _committed_first(self: consumer.ConsumerRunner, client: Any, batches: dict[Any, list[Any]]) -> None:  # noqa: ANN401 - aiokafka is untyped
    await self._commit(client, {partition: batch[-1].offset + 1 for partition, batch in batches.items()})
    await consumer.failpoint("getmany_tx")
    await _take(self, client, batches)


def change(_arguments: list[str]) -> None:
    """Put it into this process."""
    consumer.ConsumerRunner._take = _committed_first
