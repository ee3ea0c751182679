"""Use cases of the catalogue; the door through which other features learn what a programme asks for."""

from datetime import date

from inzira_platform.errors import Kind, NotFoundError

from inzira_tvet.programme.domain import (
    Catalogue,
    Module,
    Programme,
    RuleSet,
    SittingRule,
    Trade,
    creditable_modules,
)
from inzira_tvet.programme.repository import load_catalogue

__all__ = [
    "Catalogue",
    "Module",
    "Programme",
    "ProgrammeUnknownError",
    "RuleSet",
    "SittingRule",
    "Trade",
    "creditable_modules",
    "get_programme",
    "list_programmes",
    "list_trades",
    "pinned_programme",
    "programme_in_force",
]


class ProgrammeNotFoundError(NotFoundError):
    code = "programme-not-found"
    message = "No programme has this code. GET /v1/tvet/programmes lists them."


class ProgrammeUnknownError(NotFoundError):
    """A request body names a programme that does not exist."""

    kind = Kind.INVALID
    code = "programme-unknown"
    message = "No programme has this code. GET /v1/tvet/programmes lists them."


def list_trades() -> tuple[Trade, ...]:
    """The trades taught, in the order of the file."""
    return load_catalogue().trades


def list_programmes(on: date, *, trade: str | None = None) -> list[Programme]:
    """The programmes in force on `on`, by code; only those of one trade when given."""
    return [p for p in load_catalogue().list_valid(on) if trade in (None, p.trade)]


def get_programme(code: str, on: date, version: int | None = None) -> Programme:
    """One programme: the named version, or the one in force on `on`. Raises ProgrammeNotFoundError."""
    catalogue = load_catalogue()
    found = catalogue.find_valid(code, on) if version is None else catalogue.find_version(code, version)
    if found is None:
        raise ProgrammeNotFoundError
    return found


def programme_in_force(code: str, on: date) -> Programme:
    """The programme a request body names, as in force on `on`. Raises ProgrammeUnknownError (a 422)."""
    found = load_catalogue().find_valid(code, on)
    if found is None:
        raise ProgrammeUnknownError(field="programme_code")
    return found


def pinned_programme(code: str, version: int) -> Programme:
    """The version a training was opened under. Raises LookupError when the files no longer carry it."""
    found = load_catalogue().find_version(code, version)
    if found is None:
        raise LookupError(f"rule files without programme {code} version {version}")
    return found
