"""Whether a person agrees that an organisation follows them: each service's replica of intake's word (security.md 4).

Custody is kept by law and asks nobody. Casework by an organisation rests on the person's consent, or on a legal duty
that names the organisation; both have dates, and every query asks them: an end at T hides at T, without any event.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, column, exists, literal_column, or_, select, table, text
from sqlalchemy.ext.asyncio import AsyncSession

PURPOSE = "reintegration_support"
"""The purpose of consents and duties that are kept here; others open nothing to caseworkers."""

CASEWORK_CONSENT: Any = table(
    "casework_consent",
    *(column(name) for name in ("consent_id", "person_id", "recipient", "valid_from", "valid_to", "ended_at")),
)

ASKED_AT_SQL = "coalesce(CAST(nullif(current_setting('app.now', true), '') AS timestamptz), now())"
"""When the transaction began, by the clock of whoever opened it; the database's own where it was not said."""
ASKED_AT: ColumnElement[datetime] = literal_column(ASKED_AT_SQL, DateTime(timezone=True))

KEEP = text(
    "INSERT INTO casework_consent(consent_id, person_id, recipient, valid_from, valid_to) "
    "SELECT * FROM unnest(CAST(:consent_id AS uuid[]), CAST(:person_id AS uuid[]), CAST(:recipient AS text[]), "
    "CAST(:valid_from AS timestamptz[]), CAST(:valid_to AS timestamptz[])) ON CONFLICT (consent_id) DO UPDATE SET "
    "person_id = excluded.person_id, recipient = excluded.recipient, valid_from = excluded.valid_from, "
    "valid_to = excluded.valid_to"
)
END = text(  # least() takes NULL as not there
    "INSERT INTO casework_consent AS c (consent_id, person_id, recipient, valid_from, valid_to, ended_at) "
    "SELECT consent_id, person_id, recipient, at, at, at FROM unnest(CAST(:consent_id AS uuid[]), "
    "CAST(:person_id AS uuid[]), CAST(:recipient AS text[]), CAST(:at AS timestamptz[])) "
    "AS said(consent_id, person_id, recipient, at) "
    "ON CONFLICT (consent_id) DO UPDATE SET ended_at = least(c.ended_at, excluded.ended_at)"
)
# A withdrawal that waits in the parking was said all the same: until it is read, its consent counts as ended.
HELD_BACK = text(
    "UPDATE casework_consent c SET ended_at = now() FROM unnest(CAST(:consents AS uuid[]), CAST(:keys AS text[]), "
    "CAST(:versions AS int[])) AS heard(consent_id, key, version) "
    "WHERE c.consent_id = heard.consent_id AND c.ended_at IS NULL AND EXISTS (SELECT 1 FROM parked_event p "
    "WHERE p.key = heard.key AND p.sequence > heard.version AND p.replayed_at IS NULL)"
)


def agreed(person_id: Any, org: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns, or values for them
    """Whether a consent, or a duty, of this person for this organisation stands at the transaction's beginning.

    A withdrawal counts whatever its time says: two machines' clocks may differ, and the person said no.
    """
    consent = CASEWORK_CONSENT.alias("agreed")
    return (
        exists()
        .where(
            consent.c.person_id == person_id,
            consent.c.recipient == org,
            consent.c.ended_at.is_(None),
            consent.c.valid_from <= ASKED_AT,
            or_(consent.c.valid_to.is_(None), consent.c.valid_to > ASKED_AT),
        )
        .correlate_except(consent)
    )


async def has_agreed(session: AsyncSession, person_id: UUID, org: str) -> bool:
    """Whether `agreed` holds, as far as the role in hand may know."""
    return bool((await session.execute(select(agreed(person_id, org)))).scalar_one())


class Agreement(NamedTuple):
    """A person's consent to an organisation (the recipient), or a duty that names it, and when it stands."""

    consent_id: UUID
    person_id: UUID
    recipient: str
    valid_from: datetime
    valid_to: datetime | None


class Ending(NamedTuple):
    """The end of a consent or duty, at a moment."""

    consent_id: UUID
    person_id: UUID
    recipient: str
    at: datetime


async def keep_consents(session: AsyncSession, consents: Sequence[Agreement]) -> None:
    """Write consents and duties, in order; an end that was heard of before its consent stays. For the system's role."""
    if consents:
        newest = sorted({consent.consent_id: consent for consent in consents}.values())
        await session.execute(KEEP, _columns(Agreement, newest))


async def end_consents(session: AsyncSession, endings: Sequence[Ending]) -> None:
    """Let each end then, or earlier where it did; one not heard of yet is kept as ended. For the system's role."""
    if endings:
        latest_first = sorted(endings, key=lambda ending: ending.at, reverse=True)
        first = sorted({ending.consent_id: ending for ending in latest_first}.values())
        await session.execute(END, _columns(Ending, first))


async def hold_back(session: AsyncSession, heard: Sequence[tuple[UUID, str, int]]) -> None:
    """Count consents as ended whose end waits in the parking; the end itself will say when.

    Each is (consent, key of its stream, version by which it was heard of).
    """
    if heard:
        ids, keys, versions = (list(column) for column in zip(*heard, strict=True))
        await session.execute(HELD_BACK, {"consents": ids, "keys": keys, "versions": versions})


def _columns(of: type[Agreement | Ending], rows: Sequence[Agreement | Ending]) -> dict[str, list[Any]]:
    return {name: [getattr(row, name) for row in rows] for name in of._fields}
