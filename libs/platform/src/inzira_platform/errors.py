"""Errors as named facts: each has a kind, a stable code and plain words that say what to do.

Framework-free, so that a pure domain may raise them. `problems.py` maps the kind to a status once.
"""

from enum import StrEnum


class Kind(StrEnum):
    """What sort of refusal this is; decides the HTTP status and whether a consumer parks or waits."""

    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    RULE_VIOLATION = "rule_violation"
    INVALID = "invalid"
    PRECONDITION = "precondition"
    PRECONDITION_MISSING = "precondition_missing"
    UNAUTHENTICATED = "unauthenticated"
    TOO_LARGE = "too_large"
    UNSUPPORTED_MEDIA = "unsupported_media"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"


class DomainError(Exception):
    """Base of every refusal. Subclass per fact; `message` never holds a value a person could be known by."""

    kind: Kind = Kind.INVALID
    code: str = "invalid"
    message: str = "The request was refused."

    def __init__(self, message: str | None = None, *, field: str | None = None, **facts: str | int) -> None:
        """`field` names the field at fault; `facts` are codes and counts shown beside the message."""
        self.detail = message or self.message
        self.field = field
        self.facts = facts
        super().__init__(self.detail)


class NotFoundError(DomainError):
    """Not there, or not yours: the two look the same on purpose (security.md 4)."""

    kind = Kind.NOT_FOUND
    code = "not-found"
    message = "Nothing by this id is visible to you."


class ForbiddenError(DomainError):
    kind = Kind.FORBIDDEN
    code = "forbidden"
    message = "Your role may not do this. Ask your administrator which role does."


class NotYet(Exception):
    """What this event depends on has not arrived: it waits its turn and is tried again by itself."""

    def __init__(self, depends_on: str) -> None:
        """`depends_on` is a code such as `participant`, never a value."""
        self.depends_on = depends_on
        super().__init__(depends_on)
