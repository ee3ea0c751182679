"""Scores of the twelve domains (domain.md 5): 0 crisis, 1 poor, 2 fragile, 3 adequate, 4 good. Pure."""

from collections.abc import Mapping

from inzira_platform.errors import DomainError, Kind

from inzira_reintegration.rules import Rules

MIN_SCORE, MAX_SCORE = 0, 4


class ScoresError(DomainError):
    kind = Kind.INVALID
    code = "scores-invalid"
    message = "Score the domains D1 to D12 from 0 (crisis) to 4 (good)."


class ScoresIncompleteError(DomainError):
    kind = Kind.INVALID
    code = "scores-incomplete"
    message = "An assessment or review scores all twelve domains."


def check_scores(scores: Mapping[str, int], rules: Rules, *, complete: bool) -> None:
    """Known domains, 0 to 4, and all twelve of them when `complete`.

    Raises ScoresError, ScoresIncompleteError.
    """
    known = set(rules.domains)
    if not set(scores) <= known or any(not MIN_SCORE <= score <= MAX_SCORE for score in scores.values()):
        raise ScoresError(field="scores")
    if complete and set(scores) != known:
        raise ScoresIncompleteError(field="scores")


def check_domain(code: str, rules: Rules, *, field: str = "domain_code") -> None:
    """Raises ScoresError for a code that is not one of the twelve domains."""
    if code not in rules.domains:
        raise ScoresError(field=field)


def is_complete(scores: Mapping[str, int], rules: Rules) -> bool:
    """Whether all twelve domains were scored: only then can a visit count as a review."""
    return set(scores) == set(rules.domains)
