"""Cursor pages: keyset, never offset, so a list does not shift under its reader."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query

from inzira_platform.errors import DomainError, Kind
from inzira_platform.http import Schema

T = TypeVar("T")
MAX_LIMIT = 200


class InvalidCursorError(DomainError):
    kind = Kind.INVALID
    code = "cursor-invalid"
    message = "This cursor is not one this list gave out. Start again without a cursor."


class Page(Schema, Generic[T]):
    """One page: `next_cursor` is absent on the last."""

    items: list[T]
    next_cursor: str | None = None


@dataclass(frozen=True)
class PageRequest:
    """Which page is asked for: at most `limit` items after the key in the cursor."""

    limit: int
    cursor: str | None

    def after(self, length: int) -> list[str] | None:
        """The `length` sort values the page starts after; None on the first page.

        Raises InvalidCursorError when the cursor is not of that shape.
        """
        if self.cursor is None:
            return None
        return decode_cursor(self.cursor, length)


def encode_cursor(values: Sequence[object]) -> str:
    """Opaque cursor of the last item's sort values (text or numbers)."""
    body = json.dumps([str(value) for value in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[str]:
    """Inverse of `encode_cursor`.

    Raises InvalidCursorError for anything else.
    """
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error
    if not isinstance(values, list) or len(values) != length or not all(isinstance(v, str) for v in values):
        raise InvalidCursorError(field="cursor")
    if any("\x00" in value for value in values):
        raise InvalidCursorError(field="cursor")
    return values


def paged(rows: Sequence[T], limit: int, key: Callable[[T], Sequence[object]]) -> tuple[list[T], str | None]:
    """Split `limit + 1` fetched rows into the page and the cursor of the next, if there is one."""
    page = list(rows[:limit])
    return page, encode_cursor(key(page[-1])) if len(rows) > limit and page else None


async def _page_request(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="items per page")] = 50,
    cursor: Annotated[str | None, Query(max_length=1000, description="`next_cursor` of the page before")] = None,
) -> PageRequest:
    return PageRequest(limit, cursor)


PageDep = Annotated[PageRequest, Depends(_page_request)]
