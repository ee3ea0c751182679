"""Which visits may be recorded, and which of them count as a review. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta

from inzira_platform.errors import DomainError, Kind

from inzira_reintegration.rules import OverdueRules, Rules
from inzira_reintegration.scores import ScoresIncompleteError, is_complete


class VisitKindUnknownError(DomainError):
    kind = Kind.INVALID
    code = "visit-kind-unknown"
    message = "This kind of visit is not one the rule set names."


PHONE = "PHONE"


def check_kind(kind: str, rules: Rules) -> None:
    """Raises VisitKindUnknownError for a kind the rule set does not name."""
    if kind not in rules.visit_kinds:
        raise VisitKindUnknownError(field="kind")


def is_review(kind: str, scores: Mapping[str, int], rules: Rules) -> bool:
    """A review scores all twelve domains face to face."""
    return kind != PHONE and is_complete(scores, rules)


def check_review(scores: Mapping[str, int], rules: Rules, *, asked: bool) -> None:
    """A due review asks for all twelve domains.

    Raises ScoresIncompleteError.
    """
    if asked and not is_complete(scores, rules):
        raise ScoresIncompleteError(field="scores")


def ends_search(held_on: date, lost_on: date, rules: OverdueRules) -> bool:
    """Whether a visit shows that the person is not lost: held since the window that was missed had closed."""
    return held_on >= lost_on - timedelta(days=rules.lost_contact_after_days)
