"""Use case: one person's custody, wholly: episodes, facts with both times, sentences, dates with their trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.errors import ForbiddenError
from inzira_platform.outbox import record_access
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.admission import service as admissions
from inzira_intake.custody import service as custody
from inzira_intake.custody.models import CustodyFact, Episode, FactCorrection
from inzira_intake.custody.service import Timeline
from inzira_intake.person import service as people
from inzira_intake.release import service as releases
from inzira_intake.release.models import ReleaseOrder
from inzira_intake.sentence import service as sentences
from inzira_intake.sentence.models import DateComputation, Sentence
from inzira_intake.vault import IdentityDesk


@dataclass(frozen=True)
class FactEntry:
    """A fact as first recorded, and its corrections, the newest last."""

    row: CustodyFact
    corrections: tuple[FactCorrection, ...]


@dataclass(frozen=True)
class SectionEntry:
    """A section of Rule 7; the text only for those who admit or accompany."""

    section: str
    answer: str
    text: str | None


@dataclass(frozen=True)
class EpisodeFile:
    """One episode with everything in it."""

    episode: Episode
    facts: tuple[FactEntry, ...]
    sections: tuple[SectionEntry, ...]
    sentences: tuple[Sentence, ...]
    computations: tuple[DateComputation, ...]
    releases: tuple[ReleaseOrder, ...]


async def view_custody(
    session: AsyncSession, principal: Principal, desk: IdentityDesk, person_id: UUID
) -> list[EpisodeFile]:
    """All episodes of a person in reach, the first one first; leaves an access record.

    Raises PersonNotFoundError, ForbiddenError for oversight: that a person exists is all it may know of a case.
    """
    if principal.scope_kind == "oversight":
        raise ForbiddenError
    await people.get_person(session, principal, person_id)
    episodes = await custody.list_episodes(session, principal, person_id)
    ids = [episode.id for episode in episodes]
    timelines = await custody.load_timelines(session, ids)
    sections = await _sections(session, principal, desk, ids)
    stated = await sentences.list_sentences(session, ids)
    computed = await sentences.list_computations(session, ids)
    orders = await releases.list_orders(session, ids)
    await record_access(session, principal, "custody.view", [person_id])
    return [
        EpisodeFile(
            episode=episode,
            facts=_facts(timelines[episode.id]),
            sections=tuple(entry for owner, entry in sections if owner == episode.id),
            sentences=tuple(row for row in stated if row.episode_id == episode.id),
            computations=tuple(row for row in computed if row.episode_id == episode.id),
            releases=tuple(row for row in orders if row.episode_id == episode.id),
        )
        for episode in episodes
    ]


def _facts(timeline: Timeline) -> tuple[FactEntry, ...]:
    return tuple(
        FactEntry(
            timeline.rows[fact.fact_id],
            tuple(item for item in timeline.corrections if item.fact_id == fact.fact_id),
        )
        for fact in timeline.facts
    )


async def _sections(
    session: AsyncSession, principal: Principal, desk: IdentityDesk, episode_ids: Sequence[UUID]
) -> list[tuple[UUID, SectionEntry]]:
    readable = principal.can("sections:read")
    rows = await admissions.list_sections(session, episode_ids)
    return [
        (
            row.episode_id,
            SectionEntry(row.section, row.answer, admissions.open_section(desk, row) if readable else None),
        )
        for row in rows
    ]
