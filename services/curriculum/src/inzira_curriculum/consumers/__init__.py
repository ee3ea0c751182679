"""Handlers by event type; types without one are read past."""

from inzira_platform import scope_feed
from inzira_platform.service import Handler

from inzira_curriculum.consumers import intake, reintegration

HANDLERS: dict[str, Handler] = {
    **scope_feed.CASELOAD,
    **scope_feed.CONSENTS,
    **intake.HANDLERS,
    **reintegration.HANDLERS,
}
