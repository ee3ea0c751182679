"""The relay reads the next batch while the last is on its way: what was read ahead never goes out of turn."""

from collections.abc import Callable, Iterable

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import RequestTimedOutError
from inzira_platform import relay
from inzira_platform.ids import new_id
from inzira_platform.publishing import Acknowledged, Outgoing, publish
from inzira_platform.testing.client import Api
from relays import APPEND, HEADERS, eventually, nothing_pending, published, relaying


class Calls:
    """Stands for `publish`: notes the versions of each call, and lets one of them go wrong."""

    def __init__(self, number: int, go_wrong: Callable[[list[Acknowledged]], list[Acknowledged]]) -> None:
        self.versions: list[list[int]] = []
        self._number = number
        self._go_wrong = go_wrong

    async def __call__(self, producer: AIOKafkaProducer, records: Iterable[Outgoing]) -> list[Acknowledged]:
        given = list(records)
        self.versions.append([int(dict(one.headers)["ce_sequence"]) for one in given])
        acked = await publish(producer, given)
        return self._go_wrong(acked) if len(self.versions) == self._number else acked


def unanswered(_acked: list[Acknowledged]) -> list[Acknowledged]:
    """The broker has it and the answer was lost, for all that anybody knows."""
    raise RequestTimedOutError


def began_anew(acked: list[Acknowledged]) -> list[Acknowledged]:
    """Offsets come that were given before: the log is another one."""
    return [one._replace(first=0) for one in acked]


@pytest.fixture
async def stream(api: Api) -> str:
    """Six events of one stream, all pending."""
    name = f"person:{new_id()}"
    for _ in range(6):
        await append(api, name)
    return name


async def append(api: Api, name: str) -> None:
    await api.database.execute(APPEND, name, new_id(), HEADERS)


@pytest.fixture
def in_twos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "BATCH", 2)


async def until_nothing_is_pending(api: Api, broker: str) -> None:
    async with relaying(api.database.app_dsn, broker):
        await eventually(lambda: nothing_pending(api))


@pytest.mark.usefixtures("in_twos", "stream")
async def test_what_was_read_ahead_waits_for_the_batch_before_it(
    api: Api, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls(2, unanswered)
    monkeypatch.setattr(relay, "publish", calls)
    await until_nothing_is_pending(api, broker)
    assert calls.versions == [[1, 2], [3, 4], [3, 4], [5, 6]]


@pytest.mark.usefixtures("in_twos", "stream")
async def test_after_a_lost_log_everything_comes_before_what_was_read_ahead(
    api: Api, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls(2, began_anew)
    monkeypatch.setattr(relay, "publish", calls)
    await until_nothing_is_pending(api, broker)
    assert calls.versions == [[1, 2], [3, 4], [1, 2], [3, 4], [5, 6]]


async def test_who_commits_between_two_looks_is_not_overtaken_by_the_next_event_of_its_stream(
    api: Api, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Number 1 drawn and held, 2 of another stream read; 1 committed and 3 of the first before it is read ahead."""
    late = f"person:{new_id()}"
    slow = await asyncpg.connect(api.database.admin_dsn)
    held = slow.transaction()

    async def committed(point: str) -> None:
        if point == "read_send" and held._state.name == "STARTED":  # type: ignore[attr-defined]  # asyncpg tells it nowhere else
            await held.commit()
            await append(api, late)

    monkeypatch.setattr(relay, "BATCH", 1)
    monkeypatch.setattr(relay, "failpoint", committed)
    try:
        await held.start()
        await slow.execute(APPEND, late, new_id(), HEADERS)
        await append(api, f"person:{new_id()}")
        await until_nothing_is_pending(api, broker)
    finally:
        await slow.close()
    seen = await published(broker, [(late, version) for version in (1, 2)])
    assert [version for name, version, _ in seen if name == late] == [1, 2]
