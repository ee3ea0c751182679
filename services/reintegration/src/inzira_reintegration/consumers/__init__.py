"""What this service listens to: custody and consents as intake tells them. Handlers per event type."""

from inzira_platform.scope_feed import CONSENTS
from inzira_platform.service import Handler

from inzira_reintegration.consumers import intake

HANDLERS: dict[str, Handler] = {**CONSENTS, **intake.HANDLERS}
