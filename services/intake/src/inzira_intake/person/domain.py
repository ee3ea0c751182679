"""Who a person is: names as written, identifiers with their rules, what makes two records look alike. Pure.

Names are one field, never split (domain.md 2.4). Only intake holds them.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind, NotFoundError

from inzira_intake.wording import fold, tidy

NATIONAL_ID = re.compile(r"^[123](19|20)\d{2}[78]\d{10}$")
TEST_NATIONAL_ID = re.compile(r"^9(19|20)\d{2}[78]\d{10}$")
MOBILE = re.compile(r"^\+2507[2389]\d{7}$")
FIXED_LINE = re.compile(r"^\+2502\d{8}$")
TEST_PHONE = re.compile(r"^\+25070\d{7}$")
RCS_NUMBER = re.compile(r"^[A-Z0-9][A-Z0-9/.-]{1,31}$")
NATIONAL_ID_SEX = {"8": "M", "7": "F"}
OLDEST_AGE = 120
ADMITTED_FROM_AGE = 10


class Sex(StrEnum):
    """As recorded; X where neither applies."""

    M = "M"
    F = "F"
    X = "X"
    NOT_RECORDED = "NOT_RECORDED"


class IdentifierKind(StrEnum):
    RCS_NUMBER = "RCS_NUMBER"
    NATIONAL_ID = "NATIONAL_ID"
    PHONE = "PHONE"


class MatchReason(StrEnum):
    """Why a new record looks like a known person."""

    NATIONAL_ID = "NATIONAL_ID"
    NAME_AND_BIRTH = "NAME_AND_BIRTH"


class PersonNotFoundError(NotFoundError):
    code = "person-not-found"
    message = "No person by this id is visible to you."


class NameMissingError(DomainError):
    kind = Kind.INVALID
    code = "name-missing"
    message = "Write the full name as on the identity document: at least one word of letters."


class BirthDateError(DomainError):
    kind = Kind.INVALID
    code = "birth-date-invalid"
    message = "The date of birth cannot be right: it must lie before the admission and within a human life."


class NationalIdError(DomainError):
    kind = Kind.INVALID
    code = "national-id-invalid"
    message = "A national identity number has 16 digits, as on the card. Copy it again, or leave it empty."


class PhoneError(DomainError):
    kind = Kind.INVALID
    code = "phone-invalid"
    message = "A telephone number reads +250 and nine digits. Copy it again, or leave it empty."


class RcsNumberError(DomainError):
    kind = Kind.INVALID
    code = "rcs-number-invalid"
    message = "An RCS number has 2 to 32 capital letters, digits and the signs / . -"


class RcsNumberKnownError(DomainError):
    kind = Kind.CONFLICT
    code = "rcs-number-known"
    message = "This RCS number is already in the register. Look the person up instead of admitting again."


class PossibleDuplicateError(DomainError):
    """Facts: `reason` (a MatchReason) and, only where the caller may see the person, `candidate` (its id)."""

    kind = Kind.CONFLICT
    code = "possible-duplicate"
    message = (
        "This looks like a person already known. Compare with that record or ask headquarters, "
        "then send again with confirmed_new if it is somebody else."
    )


@dataclass(frozen=True)
class NewPerson:
    """A person as first written down. Identifiers may hold spaces; they are normalised on saving."""

    full_name: str
    sex: Sex
    born_on: date | None = None
    birth_year: int | None = None
    known_names: tuple[str, ...] = ()
    return_district: str | None = None
    rcs_number: str | None = None
    national_id: str | None = None
    phone: str | None = None

    @property
    def year_of_birth(self) -> int | None:
        """From the date where known, else as given."""
        return self.born_on.year if self.born_on else self.birth_year


@dataclass(frozen=True)
class Identifier:
    """An identifier in its normalised form."""

    kind: IdentifierKind
    value: str


def normalise_name(text: str) -> str:
    """The name for searching: lower case, without accents, single spaces (security.md 4, rule 5)."""
    return fold(text)


def name_key(text: str) -> str:
    """The same name in whatever order its words were written: for likeness, never for display."""
    return " ".join(sorted(fold(text).split()))


def name_tokens(names: Iterable[str]) -> tuple[str, ...]:
    """The distinct words of all names a person is known by, folded."""
    return tuple(sorted({word for name in names for word in fold(name).split()}))


def require_name(text: str, *, field: str = "full_name") -> str:
    """The name as written with single spaces. Raises NameMissingError when it holds no letter."""
    name = tidy(text)
    if not any(sign.isalpha() for sign in name) or not fold(name):
        raise NameMissingError(field=field)
    return name


def normalise_national_id(text: str, *, test_data: bool = False) -> str:
    """The 16 digits without spaces or dots (domain.md 2.4).

    No checksum is known outside NIDA, so none is asked. A leading 9 is accepted only with `test_data`.
    Raises NationalIdError.
    """
    digits = re.sub(r"[\s.\-]", "", text)
    if NATIONAL_ID.match(digits) or (test_data and TEST_NATIONAL_ID.match(digits)):
        return digits
    raise NationalIdError(field="national_id")


def normalise_phone(text: str, *, test_data: bool = False) -> str:
    """+250 and nine digits; `07…` and `250…` are completed (domain.md 2.4). Raises PhoneError."""
    digits = re.sub(r"[\s.\-()]", "", text)
    if re.fullmatch(r"0\d{9}", digits):
        digits = "+25" + digits
    elif re.fullmatch(r"(00)?250\d{9}", digits):
        digits = "+" + digits.removeprefix("00")
    if MOBILE.match(digits) or FIXED_LINE.match(digits) or (test_data and TEST_PHONE.match(digits)):
        return digits
    raise PhoneError(field="phone")


def normalise_rcs_number(text: str) -> str:
    """Capitals without spaces. Raises RcsNumberError."""
    number = re.sub(r"\s", "", text).upper()
    if not RCS_NUMBER.match(number):
        raise RcsNumberError(field="rcs_number")
    return number


def normalise(kind: IdentifierKind, text: str, *, test_data: bool = False) -> str:
    """`text` in the form of its kind. Raises NationalIdError, PhoneError or RcsNumberError."""
    match kind:
        case IdentifierKind.NATIONAL_ID:
            return normalise_national_id(text, test_data=test_data)
        case IdentifierKind.PHONE:
            return normalise_phone(text, test_data=test_data)
        case IdentifierKind.RCS_NUMBER:
            return normalise_rcs_number(text)


def normalise_identifier(text: str, *, test_data: bool = False) -> tuple[Identifier, ...]:
    """Every kind of identifier `text` could be, for a search over all kinds; empty when it is none."""
    found: list[Identifier] = []
    for kind in IdentifierKind:
        with suppress(DomainError):
            found.append(Identifier(kind, normalise(kind, text, test_data=test_data)))
    return tuple(found)


def identifiers_of(person: NewPerson, *, test_data: bool) -> tuple[Identifier, ...]:
    """The identifiers of a new person, normalised. Raises the error of the first that is malformed."""
    stated = {
        IdentifierKind.RCS_NUMBER: person.rcs_number,
        IdentifierKind.NATIONAL_ID: person.national_id,
        IdentifierKind.PHONE: person.phone,
    }
    return tuple(Identifier(kind, normalise(kind, text, test_data=test_data)) for kind, text in stated.items() if text)


def national_id_disagreements(national_id: str, sex: Sex, birth_year: int | None) -> tuple[str, ...]:
    """Codes of what the number says otherwise than the record: a warning, never a refusal (domain.md 2.4)."""
    found: list[str] = []
    if birth_year is not None and int(national_id[1:5]) != birth_year:
        found.append("NATIONAL_ID_BIRTH_YEAR_DIFFERS")
    if sex in (Sex.M, Sex.F) and NATIONAL_ID_SEX.get(national_id[5]) != sex:
        found.append("NATIONAL_ID_SEX_DIFFERS")
    return tuple(found)


def check_birth(born_on: date | None, birth_year: int | None, admitted_on: date) -> None:
    """Raises BirthDateError unless the person was between 10 and 120 years old at admission.

    Criminal responsibility begins at 14 (domain.md 2.2); the lower bound leaves room for a wrong date on the
    document and refuses only what cannot be.
    """
    year = born_on.year if born_on else birth_year
    if born_on and birth_year and born_on.year != birth_year:
        raise BirthDateError("The year of birth is not the year of the date of birth.", field="birth_year")
    if year is None:
        return
    field = "born_on" if born_on else "birth_year"
    if (born_on and born_on >= admitted_on) or not ADMITTED_FROM_AGE <= admitted_on.year - year <= OLDEST_AGE:
        raise BirthDateError(field=field)


def last4(value: str) -> str:
    """The last four signs: all of an identifier that is ever shown."""
    return value[-4:]
