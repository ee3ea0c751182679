"""Request bodies on their way through: small ones whole, large ones streamed, both counted."""

from collections.abc import AsyncIterator
from typing import Any

from inzira_platform.access import TooLargeError, UnsupportedMediaError
from starlette.types import Receive

from inzira_gateway.edge.headers import Header, first
from inzira_gateway.registry.domain import Route

WHOLE = 1_000_000


class ClientGoneError(Exception):
    """The client went away before its request was complete."""


def check_body(route: Route, headers: list[Header]) -> None:
    """Raise TooLargeError or UnsupportedMediaError from the headers alone, before anything is read."""
    length = first(headers, b"content-length")
    declared = int(length) if length is not None and length.isdigit() else 0
    if declared > (route.max_body or WHOLE):
        raise TooLargeError
    has_body = declared > 0 or first(headers, b"transfer-encoding") is not None
    if not route.body or not has_body:
        return
    media = (first(headers, b"content-type") or b"").split(b";")[0].strip().lower().decode("latin-1")
    if media not in route.body:
        raise UnsupportedMediaError


class Body:
    """The body of one request. `exceeded` and `is_gone` tell why a stream broke off, which the client library hides."""

    def __init__(self, route: Route, headers: list[Header], receive: Receive) -> None:
        self._takes = bool(route.body)
        self._limit = route.max_body or WHOLE
        self._receive = receive
        self._length = first(headers, b"content-length")
        self._chunked = first(headers, b"transfer-encoding") is not None
        self.exceeded = False
        self.is_gone = False

    async def options(self) -> dict[str, Any]:
        """`data` (and a length) for the client library.

        Raises TooLargeError for a small body that is larger than it said, ClientGoneError when the client left.
        """
        if not self._takes or (self._length in (None, b"0") and not self._chunked):
            return {}
        if self._limit <= WHOLE:
            return {"data": b"".join([chunk async for chunk in self.chunks()])}
        headers = {"Content-Length": self._length.decode()} if self._length is not None else {}
        return {"data": self.chunks(), "length": headers}

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body piece by piece, within the limit."""
        seen = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.is_gone = True
                raise ClientGoneError
            chunk = message.get("body", b"")
            seen += len(chunk)
            if seen > self._limit:
                self.exceeded = True
                raise TooLargeError
            if chunk:
                yield chunk
            if not message.get("more_body", False):
                return
