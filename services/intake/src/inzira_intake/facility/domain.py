"""Facilities, districts, offence categories: data with aliases and dates (domain.md 2.3, 2.4). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar

from inzira_platform.errors import DomainError, Kind

from inzira_intake.rulesets import load
from inzira_intake.wording import fold

FOREVER = date(2200, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Named:
    """Something registers call by several names; `code` is what events and scopes carry."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Facility(Named):
    """A correctional facility or the halfway centre."""

    district: str
    sex_policy: str
    halfway: bool
    valid_from: date
    valid_to: date | None

    def open_on(self, day: date) -> bool:
        """Whether the facility received people on `day`."""
        return self.valid_from <= day <= (self.valid_to or FOREVER)


@dataclass(frozen=True, kw_only=True)
class District(Named):
    """A district by its NISR code; `province` is the ISO 3166-2 code."""

    province: str


@dataclass(frozen=True, kw_only=True)
class Offence(Named):
    """An offence category, as far as the parole table needs to tell them apart."""


Kept = TypeVar("Kept", bound=Named)


class FacilityUnknownError(DomainError):
    kind = Kind.INVALID
    code = "facility-unknown"
    message = "No facility has this code. Use a code of GET /v1/facilities."


class FacilityClosedError(DomainError):
    kind = Kind.INVALID
    code = "facility-closed"
    message = "This facility was not in use on that day. Check the facility and the date."


class DistrictUnknownError(DomainError):
    kind = Kind.INVALID
    code = "district-unknown"
    message = "No district has this code. Use a code of GET /v1/districts."


class OffenceUnknownError(DomainError):
    kind = Kind.INVALID
    code = "offence-unknown"
    message = "No offence category has this code. Use OTHER when none fits."


@cache
def facilities() -> tuple[Facility, ...]:
    """Every facility there is or was, by name."""
    rows = load("facilities")["facilities"]
    return tuple(sorted((_facility(row) for row in rows), key=lambda item: item.name))


@cache
def districts() -> tuple[District, ...]:
    """The 30 districts, by code."""
    return tuple(_district(row) for row in load("districts")["districts"])


@cache
def offences() -> tuple[Offence, ...]:
    """The offence categories in the order of their file."""
    return tuple(
        Offence(code=row["code"], name=row["name"], aliases=tuple(row["aliases"]))
        for row in load("offences")["offences"]
    )


def find_facility(text: str) -> Facility | None:
    """The facility meant by `text`: its code, name or an alias, whatever the case, accents and spaces.

    Words such as `prison` or `igororero` around the name are ignored. None when nothing matches exactly.
    """
    return _lookup(_facility_index(), text, _noise("facilities"))


def find_district(text: str) -> District | None:
    """The district meant by `text`: its NISR code, name or a former name. None when nothing matches."""
    return _lookup(_district_index(), text, _noise("districts"))


def find_offence(text: str) -> Offence | None:
    """The offence category a register means by `text` (English, French or Kinyarwanda). None when unknown."""
    return _lookup(_offence_index(), text.replace("_", " "), frozenset())


def get_facility(code: str, *, field: str = "facility") -> Facility:
    """The facility with exactly this code.

    Raises FacilityUnknownError naming `field`.
    """
    for facility in facilities():
        if facility.code == code:
            return facility
    raise FacilityUnknownError(field=field)


def require_open(code: str, day: date, *, field: str = "facility") -> Facility:
    """The facility with this code, in use on `day`.

    Raises FacilityUnknownError or FacilityClosedError naming `field`.
    """
    facility = get_facility(code, field=field)
    if not facility.open_on(day):
        raise FacilityClosedError(field=field)
    return facility


def require_district(code: str, *, field: str = "return_district") -> str:
    """`code` when a district has it. Raises DistrictUnknownError naming `field`."""
    if all(district.code != code for district in districts()):
        raise DistrictUnknownError(field=field)
    return code


def require_offences(codes: Iterable[str], *, field: str = "offences") -> tuple[str, ...]:
    """`codes` without repeats when each is a category. Raises OffenceUnknownError naming `field`."""
    known = {offence.code for offence in offences()}
    wanted = tuple(dict.fromkeys(codes))
    if any(code not in known for code in wanted):
        raise OffenceUnknownError(field=field)
    return wanted


def _facility(row: Mapping[str, Any]) -> Facility:
    return Facility(
        code=row["code"],
        name=row["name"],
        district=row["district"],
        sex_policy=row["sex_policy"],
        halfway=bool(row.get("halfway", False)),
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to"),
        aliases=tuple(row["aliases"]),
    )


def _district(row: Mapping[str, Any]) -> District:
    aliases = tuple(row.get("aliases", ()))
    return District(code=row["code"], name=row["name"], province=row["province"], aliases=aliases)


def _lookup(index: Mapping[str, Kept], text: str, noise: frozenset[str]) -> Kept | None:
    folded = fold(text)
    if folded in index:
        return index[folded]
    kept = " ".join(word for word in folded.split() if word not in noise)
    return index.get(kept)


def _noise(name: str) -> frozenset[str]:
    return frozenset(load(name)["noise_words"])


@cache
def _facility_index() -> Mapping[str, Facility]:
    return _index(facilities())


@cache
def _district_index() -> Mapping[str, District]:
    return _index(districts())


@cache
def _offence_index() -> Mapping[str, Offence]:
    by_code = {fold(offence.code.replace("_", " ")): offence for offence in offences()}
    return {**_index(offences()), **by_code}


def _index(items: Iterable[Kept]) -> dict[str, Kept]:
    """Codes last, so that a name or alias never hides a code."""
    found: dict[str, Kept] = {}
    every = tuple(items)
    for named in every:
        for alias in (*named.aliases, named.name):
            found[fold(alias)] = named
    for named in every:
        found[fold(named.code)] = named
    return found
