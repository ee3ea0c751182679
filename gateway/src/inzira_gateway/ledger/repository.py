"""Every SQL statement about the disclosure ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from inzira_platform.page import InvalidCursorError, PageRequest
from sqlalchemy import select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.ledger.models import AccessEntry, AccessSubject

ENTRY = (
    "id", "service", "operation", "actor", "agency", "purpose", "outcome", "view", "request_id", "occurred_at",
)  # fmt: skip
ADD = text(
    """
WITH added AS (
  INSERT INTO access_entry
    (id, service, operation, actor, agency, purpose, outcome, view, request_id, occurred_at)
  SELECT * FROM unnest(CAST(:id AS uuid[]), CAST(:service AS text[]), CAST(:operation AS text[]),
    CAST(:actor AS text[]), CAST(:agency AS text[]), CAST(:purpose AS text[]), CAST(:outcome AS text[]),
    CAST(:view AS text[]), CAST(:request_id AS text[]), CAST(:occurred_at AS timestamptz[]))
  ON CONFLICT DO NOTHING RETURNING id, occurred_at)
INSERT INTO access_subject (entry_id, person_id, occurred_at)
SELECT added.id, s.person_id, added.occurred_at FROM added
JOIN unnest(CAST(:entries AS uuid[]), CAST(:persons AS uuid[])) AS s(entry_id, person_id) ON s.entry_id = added.id
"""
)


async def add_disclosures(session: AsyncSession, disclosures: Sequence[tuple[dict[str, Any], Sequence[UUID]]]) -> None:
    """Append entries, each with the persons it showed; a second delivery of the same record changes nothing."""
    if not disclosures:
        return
    columns = {name: [entry[name] for entry, _ in disclosures] for name in ENTRY}
    shown = [(entry["id"], person) for entry, persons in disclosures for person in dict.fromkeys(persons)]
    subjects = {"entries": [pair[0] for pair in shown], "persons": [pair[1] for pair in shown]}
    await session.execute(ADD, {**columns, **subjects})


async def list_disclosures(
    session: AsyncSession, person_id: UUID, page: PageRequest, since: datetime | None, until: datetime | None
) -> Sequence[AccessEntry]:
    """Who was shown one person, the latest first; one row more than the page holds."""
    entry: Any = AccessEntry
    subject: Any = AccessSubject
    query = (
        select(AccessEntry)
        .join(subject, subject.entry_id == entry.id)
        .where(subject.person_id == person_id)
        .order_by(subject.occurred_at.desc(), subject.entry_id.desc())
        .limit(page.limit + 1)
    )
    if since is not None:
        query = query.where(subject.occurred_at >= since)
    if until is not None:
        query = query.where(subject.occurred_at < until)
    after = page.after(2)
    if after is not None:
        query = query.where(tuple_(subject.occurred_at, subject.entry_id) < _position(after))
    return (await session.execute(query)).scalars().all()


def _position(after: list[str]) -> Any:  # noqa: ANN401 - a SQL tuple
    try:
        return tuple_(datetime.fromisoformat(after[0]), UUID(after[1]))
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error
