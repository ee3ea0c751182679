"""Positions in lists that run by a day and then an id."""

from datetime import date
from uuid import UUID

from inzira_platform.page import InvalidCursorError, PageRequest


def date_and_id(page: PageRequest) -> tuple[date, UUID] | None:
    """Where the page starts; None for the first.

    Raises InvalidCursorError.
    """
    values = page.after(2)
    if values is None:
        return None
    try:
        return date.fromisoformat(values[0]), UUID(values[1])
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error
