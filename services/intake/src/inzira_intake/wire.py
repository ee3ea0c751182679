"""Types of this service's requests: when something happened, and the desk identities are checked at."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from inzira_platform.clock import kigali_midnight
from inzira_platform.http import Day, Instant
from pydantic import AfterValidator, Field

from inzira_intake.vault import IdentityDesk, open_desk


def _instant(given: datetime | date) -> datetime:
    return given.astimezone(UTC) if isinstance(given, datetime) else kigali_midnight(given)


Moment = Instant
if TYPE_CHECKING:  # what the validator leaves behind
    When = datetime
else:
    When = Annotated[
        Instant | Day,
        AfterValidator(_instant),
        Field(description="date and time with offset; or the day alone, where only that is known"),
    ]


async def _desk(request: Request) -> IdentityDesk:
    settings = request.app.state.settings
    return open_desk(settings.field_key_file, settings.test_data)


DeskDep = Annotated[IdentityDesk, Depends(_desk)]
