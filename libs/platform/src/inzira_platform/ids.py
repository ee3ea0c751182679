"""Identifiers are UUIDv7: they sort by time, so indexes grow at one end and inbox rows can be dated by id."""

from datetime import UTC, datetime
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A fresh UUIDv7 as a standard `uuid.UUID`."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


def as_id(text: str) -> UUID | None:
    """The identifier a text is; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def time_of(identifier: UUID) -> datetime:
    """The millisecond a UUIDv7 was made at, in UTC."""
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)
