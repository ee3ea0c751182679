"""The persons of a batch of events: what was known of each before it, and the case each has open."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from inzira_platform.clock import Clock
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.case import service as cases
from inzira_reintegration.case.models import Case
from inzira_reintegration.lifecycle import service as lifecycle
from inzira_reintegration.prospect import service as prospects
from inzira_reintegration.prospect.models import Prospect, ProspectStatus


@dataclass(frozen=True)
class Batch:
    """`known` are the prospects, locked; `followed` those who have an open case, or may have been given one.

    `due` are cases to be opened: together at the end of the batch, or before what else is told of one of the persons.
    """

    session: AsyncSession
    clock: Clock
    known: prospects.Known
    followed: set[UUID]
    due: dict[UUID, lifecycle.Opening] = field(default_factory=dict)

    @classmethod
    async def of(cls, session: AsyncSession, person_ids: Collection[UUID]) -> Self:
        """Two statements, whatever their number."""
        known = await prospects.hold_prospects(session, person_ids)
        return cls(session, session.info["clock"], known, set(await cases.among_followed(session, person_ids)))

    def require(self, person_id: UUID) -> Prospect:
        """The person's row, about to change. Raises NotYet when the admission has not arrived."""
        return prospects.require_prospect(self.known, self.clock, person_id)

    async def open_case(self, person_id: UUID) -> Case | None:
        """The person's open case, locked; no statement for those who have none."""
        if person_id in self.due:
            await self.open_due()
        return await cases.find_open_case(self.session, person_id) if person_id in self.followed else None

    def put_off(self, opening: lifecycle.Opening) -> None:
        """Let a case be opened with those of others."""
        self.due[opening.row.person_id] = opening

    async def open_due(self) -> None:
        """Open what was put off; call at the end."""
        if self.due:
            await lifecycle.open_cases(self.session, self.clock, list(self.due.values()))
        self.followed.update(self.due)
        self.due.clear()

    def note(self, person_id: UUID) -> None:
        """Call after every event of the person: a case may have been opened for whoever waits no longer."""
        if self.known[person_id].status != ProspectStatus.WAITING:
            self.followed.add(person_id)
