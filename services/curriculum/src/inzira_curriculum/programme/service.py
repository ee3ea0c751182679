"""Which programmes there are. Templates are read once, when first asked for."""

from datetime import date
from functools import cache

from inzira_curriculum.programme.domain import ProgrammeNotFoundError, valid_version
from inzira_curriculum.programme.repository import load
from inzira_curriculum.template import Programme

__all__ = ["ProgrammeNotFoundError", "find_valid", "get_newest", "get_version", "list_programmes"]


@cache
def list_programmes() -> tuple[Programme, ...]:
    """Every template this service ships, by code and version."""
    return load()


def find_valid(code: str, day: date, version: int | None = None) -> Programme:
    """The version of a programme a cohort starting on `day` is opened with.

    Raises ProgrammeNotFoundError.
    """
    return valid_version(list_programmes(), code, day, version)


def get_version(code: str, version: int) -> Programme:
    """Exactly this version, valid today or not: cohorts keep the one they were opened with.

    Raises ProgrammeNotFoundError.
    """
    for programme in list_programmes():
        if (programme.code, programme.version) == (code, version):
            return programme
    raise ProgrammeNotFoundError


def get_newest(code: str) -> Programme:
    """The newest version of a programme.

    Raises ProgrammeNotFoundError.
    """
    versions = [programme for programme in list_programmes() if programme.code == code]
    if not versions:
        raise ProgrammeNotFoundError
    return versions[-1]
