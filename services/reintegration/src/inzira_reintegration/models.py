"""Every table of the service, so that migrations can be compared with them."""

from inzira_reintegration.case.models import Case
from inzira_reintegration.closure.models import Closure
from inzira_reintegration.database import Base
from inzira_reintegration.flag.models import Flag, FlagChange
from inzira_reintegration.followup.models import DueItem
from inzira_reintegration.plan.models import Assessment, Plan, PlanGoal
from inzira_reintegration.prospect.models import Prospect
from inzira_reintegration.responsibility.models import Assignment, Handover
from inzira_reintegration.visit.models import Visit

__all__ = [
    "Assessment",
    "Assignment",
    "Base",
    "Case",
    "Closure",
    "DueItem",
    "Flag",
    "FlagChange",
    "Handover",
    "Plan",
    "PlanGoal",
    "Prospect",
    "Visit",
]
