"""What this service listens to: custody as intake tells it. Handlers per event type."""

from inzira_platform.service import Handler

from inzira_reintegration.consumers import intake

HANDLERS: dict[str, Handler] = intake.HANDLERS
