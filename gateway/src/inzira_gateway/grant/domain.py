"""What a grant may say, and what of a person it lets through. Pure.

Everything is refused unless written down: a view is a list of fields that may be shown, so a new field is
invisible until somebody puts it into a view; a filter that names nothing lets nobody through (security.md 0.5).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from inzira_platform.errors import DomainError, Kind, NotFoundError

from inzira_gateway.journey.domain import Stage
from inzira_gateway.token.domain import PURPOSES

LONGEST = timedelta(days=731)
MOST_VALUES = 60

SOURCE: Mapping[str, frozenset[str]] = MappingProxyType({
    "stage": frozenset({"CUSTODY", "CURRICULUM", "TRAINING", "REINTEGRATION"}),
    "custody_state": frozenset({"CUSTODY"}),
    "facility": frozenset({"CUSTODY"}),
    "released_on": frozenset({"CUSTODY"}),
    "expected_release_on": frozenset({"SENTENCE"}),
    "return_district": frozenset({"REINTEGRATION"}),
    "curriculum_state": frozenset({"CURRICULUM"}),
    "curriculum_milestones": frozenset({"CURRICULUM"}),
    "training_state": frozenset({"TRAINING"}),
    "training_milestones": frozenset({"TRAINING"}),
    "case_state": frozenset({"REINTEGRATION"}),
    "case_closed_on": frozenset({"REINTEGRATION"}),
})  # fmt: skip
"""Every field a view may list, with the data classes a consent must cover for it. None identifies a person."""

FILTER_FIELDS: Mapping[str, str] = MappingProxyType(
    {"districts": "return_district", "facilities": "facility", "stages": "stage"}
)
"""Kinds of row filters, and the field each compares with."""


class GrantRoute(StrEnum):
    """What a grant opens."""

    PERSONS = "persons"
    FEED = "feed"
    STATISTICS = "statistics"


class GrantState(StrEnum):
    """A suspended grant stays so: what is to hold again is proposed anew."""

    PROPOSED = "PROPOSED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


class Basis(StrEnum):
    """Why the partner may see: the person agreed, or a named law demands it; one never stands for the other.

    Figures in which nobody can be found are of no person: they rest on a named agreement or law alone.
    """

    CONSENT = "CONSENT"
    LEGAL_DUTY = "LEGAL_DUTY"
    DEIDENTIFIED = "DEIDENTIFIED"


class GrantNotFoundError(NotFoundError):
    message = "There is no grant by this id."


class GrantStateError(DomainError):
    kind = Kind.CONFLICT
    code = "grant-state"
    message = "The grant is not in a state in which that can be done. Read it again."


class UnknownFilterError(DomainError):
    kind = Kind.INVALID
    code = "filter-unknown"
    message = "There is no such filter, your view does not show its field, or it takes no such value."


class RowsNotCoveredError(DomainError):
    kind = Kind.INVALID
    code = "rows-not-covered"
    message = (
        "A legal duty opens the kinds of data its view shows. Choose its rows by fields of these kinds, or name a view "
        "that shows the field."
    )


class UnknownPurposeError(DomainError):
    kind = Kind.INVALID
    code = "purpose-unknown"
    message = "A grant names one or more purposes of the closed list."


class GrantDatesError(DomainError):
    kind = Kind.INVALID
    code = "grant-dates"
    message = "A grant starts before it ends, ends in the future, and holds for two years at most."


class BasisError(DomainError):
    kind = Kind.INVALID
    code = "grant-basis"
    message = (
        "A legal duty and the ground of statistics are named by a code; a grant that rests on consent names none. "
        "Statistics rest on DEIDENTIFIED and nothing else does."
    )


class NoPersonsError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "grant-of-statistics"
    message = "This grant opens figures and shows no person, so there is nobody to try it on."


class ViewInvalidError(DomainError):
    """A view that lists a field the source does not have shows nothing at all, rather than what is left of it."""

    kind = Kind.CONFLICT
    code = "view-invalid"
    message = "The view of this grant does not exist or lists a field there is not. Nothing is shown until it is right."


@dataclass(frozen=True, slots=True)
class View:
    """A named, versioned list of fields."""

    name: str
    version: int
    fields: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.name}.v{self.version}"

    @property
    def missing(self) -> tuple[str, ...]:
        """Listed fields that the source does not have."""
        return tuple(name for name in self.fields if name not in SOURCE)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a grant says."""

    route: str
    row_filter: Mapping[str, Sequence[str]]
    purposes: tuple[str, ...]
    basis: str
    basis_code: str | None
    valid_from: date
    valid_to: date


def check_terms(terms: Terms, today: date) -> None:
    """Raises UnknownFilterError, UnknownPurposeError, BasisError or GrantDatesError."""
    check_row_filter(terms.row_filter)
    if not terms.purposes or not PURPOSES.issuperset(terms.purposes):
        raise UnknownPurposeError(field="purposes")
    if (terms.basis == Basis.CONSENT) != (terms.basis_code is None):
        raise BasisError(field="basis_code")
    if (terms.route == GrantRoute.STATISTICS) != (terms.basis == Basis.DEIDENTIFIED):
        raise BasisError(field="basis")
    if not terms.valid_from <= terms.valid_to <= terms.valid_from + LONGEST or terms.valid_to < today:
        raise GrantDatesError(field="valid_to")


def check_row_filter(row_filter: Mapping[str, Sequence[str]]) -> None:
    """Raises UnknownFilterError for a kind or a stage that does not exist. Empty is allowed: it means nobody."""
    for kind, values in row_filter.items():
        if kind not in FILTER_FIELDS or len(values) > MOST_VALUES:
            raise UnknownFilterError(field="row_filter")
        if kind == "stages" and not {str(stage) for stage in Stage}.issuperset(values):
            raise UnknownFilterError(field="row_filter.stages")


def check_rows_of_duty(view: View, basis: str, row_filter: Collection[str]) -> None:
    """Raises RowsNotCoveredError for a legal duty that could reach nobody; a consent is asked person by person."""
    if basis == Basis.LEGAL_DUTY and not may_choose_by(row_filter, opened(view, basis, ())):
        raise RowsNotCoveredError(field="row_filter")


def opened(view: View, basis: str, data_classes: Collection[str]) -> frozenset[str]:
    """Data classes of a person the partner may learn anything of: those agreed to, or those a law opens by its view."""
    if basis == Basis.LEGAL_DUTY:
        return frozenset[str]().union(*(SOURCE[name] for name in view.fields))
    return frozenset(data_classes)


def needed_for(kinds: Collection[str]) -> frozenset[str]:
    """Data classes that choosing persons by these kinds of filters takes."""
    return frozenset[str]().union(*(SOURCE[FILTER_FIELDS[kind]] for kind in kinds))


def may_choose_by(kinds: Collection[str], classes: Collection[str]) -> bool:
    """Whether a person may be chosen by these kinds of filters.

    Being listed at all tells the field a list is chosen by, so what is not open of a person chooses nobody either.
    """
    return needed_for(kinds) <= frozenset(classes)


def least_classes(view: View) -> tuple[frozenset[str], ...]:
    """The smallest sets of data classes under each of which a consent shows some field of the view."""
    sets = {SOURCE[name] for name in view.fields}
    return tuple(sorted((one for one in sets if not any(other < one for other in sets)), key=sorted))


def matches(row_filter: Mapping[str, Sequence[str]], row: Mapping[str, Any]) -> bool:
    """Whether a person's row passes: every kind named must hold, and a filter that names none passes nobody."""
    if not row_filter:
        return False
    return all(row.get(FILTER_FIELDS[kind]) in values for kind, values in row_filter.items())


def covered(view: View, basis: str, data_classes: Collection[str]) -> tuple[str, ...]:
    """The view's fields that may be shown; under consent those whose data classes it covers, all of them."""
    if basis == Basis.LEGAL_DUTY:
        return view.fields
    return tuple(name for name in view.fields if SOURCE[name] <= frozenset(data_classes))
