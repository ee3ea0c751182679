"""Statement of attainment: the modules shown so far, so that they count elsewhere (domain.md 4, partial)."""

from enum import StrEnum

from inzira_platform.errors import DomainError, Kind


class Cause(StrEnum):
    """What a statement was issued on. Stays inside: the statement never says where or why."""

    TRANSFER = "TRANSFER"
    RELEASE = "RELEASE"
    REQUEST = "REQUEST"


class NothingAttainedError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "nothing-attained"
    message = "No module is competent yet: there is nothing a statement could attest."


def check_attained(modules: list[str]) -> None:
    """A statement attests at least one module. Raises NothingAttainedError."""
    if not modules:
        raise NothingAttainedError
