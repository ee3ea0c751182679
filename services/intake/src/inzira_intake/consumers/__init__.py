"""What intake hears from others: who carries whom, so that caseworkers see the persons they follow."""

from inzira_platform.scope_feed import CASELOAD as HANDLERS

__all__ = ["HANDLERS"]
