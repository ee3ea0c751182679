"""What this service does with the events of others: by type, one file per upstream."""

from collections.abc import Mapping

from inzira_platform.scope_feed import CASELOAD, CONSENTS
from inzira_platform.service import Handler

from inzira_tvet.consumers import intake

HANDLERS: Mapping[str, Handler] = {**CASELOAD, **CONSENTS, **intake.HANDLERS}
