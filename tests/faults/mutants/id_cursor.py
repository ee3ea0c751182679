"""A relay that remembers the last number it published and looks behind it only: what commits late is never seen."""

from typing import Any

from inzira_platform import pending, relay

_publish_with = relay.Relay._publish_with


class _Behind:
    """The relay's connection, which answers the question for what is pending from a cursor on."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - asyncpg is untyped
        self._connection = connection
        self._cursor = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - asyncpg is untyped
        return getattr(self._connection, name)

    async def fetch(self, query: str, *given: Any) -> Any:  # noqa: ANN401 - asyncpg is untyped
        if query is pending.PENDING:
            given = (self._cursor, *given[1:])
        return await self._connection.fetch(query, *given)

    async def execute(self, query: str, *given: Any) -> Any:  # noqa: ANN401 - asyncpg is untyped
        if query is relay.PUBLISHED:
            self._cursor = max(self._cursor, *given[-1])
        return await self._connection.execute(query, *given)


async def _with_cursor(self: relay.Relay, connection: Any, found: Any) -> None:  # noqa: ANN401 - asyncpg is untyped
    await _publish_with(self, _Behind(connection), found)


def change(_arguments: list[str]) -> None:
    """Put it into this process."""
    relay.Relay._publish_with = _with_cursor
