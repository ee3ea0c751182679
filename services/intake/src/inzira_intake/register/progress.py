"""How far an import is, told as it happens: server-sent events, each from a short transaction of its own."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.scope import enter_scope
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from inzira_intake.register.domain import ImportState
from inzira_intake.register.models import RegisterImport
from inzira_intake.register.service import get_import

EVERY_SECONDS = 0.5
LONGEST_SECONDS = 600.0
ENDS = (ImportState.DONE, ImportState.FAILED)


async def follow_import(
    sessions: async_sessionmaker[AsyncSession], service: str, principal: Principal, import_id: UUID
) -> AsyncIterator[str]:
    """Events `progress` whenever something changed, `end` at the end; comments in between keep the line open.

    Ends after ten minutes in any case: the browser then connects again. The reach is checked at every look.
    """
    last = -1
    for _ in range(int(LONGEST_SECONDS / EVERY_SECONDS)):
        async with sessions() as session, session.begin():
            await enter_scope(session, service, principal)
            found = await get_import(session, principal, import_id)
        if found.version != last:
            last = found.version
            yield event("end" if found.state in ENDS else "progress", found)
            if found.state in ENDS:
                return
        else:
            yield ": waiting\n\n"
        await asyncio.sleep(EVERY_SECONDS)


def event(name: str, found: RegisterImport) -> str:
    """One server-sent event: counts only, nobody's name."""
    counts: dict[str, Any] = {
        key: getattr(found, key)
        for key in ("state", "total", "done", "admitted", "duplicate", "review", "rejected", "version")
    }
    return f"event: {name}\nid: {found.version}\ndata: {json.dumps(counts)}\n\n"
