"""What intake does by itself: compute dates again once a new rule set is in force."""

from inzira_platform.auth import system
from inzira_platform.clock import Clock
from inzira_platform.service import Scanner
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.custody import service as custody
from inzira_intake.sentence import service as sentences
from inzira_intake.sentence.service import Cause

HOUR = 3600.0
BATCH = 50
INTAKE = system("intake")


async def apply_rule_sets(session: AsyncSession, clock: Clock) -> int:
    """Recompute some of the open episodes whose dates rest on a rule set no longer valid; how many moved on."""
    found = await sentences.list_outdated(session, clock.today(), BATCH)
    for episode_id in found:
        episode = await custody.get_episode(session, INTAKE, episode_id)
        timeline = await custody.load_timeline(session, episode_id)
        await sentences.recompute(session, INTAKE, clock, episode, timeline.facts, Cause.RULE_SET)
    return len(found)


SCANNERS = [Scanner("intake.rule-sets", HOUR, apply_rule_sets)]
