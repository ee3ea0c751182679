"""Persons on the wire. Identifiers come in whole and go out by their last four signs."""

from datetime import date
from typing import Annotated
from uuid import UUID

from inzira_platform.http import Code, Day, Schema, ShortText
from pydantic import Field, StringConstraints, model_validator

from inzira_intake.person.domain import IdentifierKind, Sex
from inzira_intake.person.models import Person
from inzira_intake.person.service import PersonChange, PersonView

Number = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")]
Names = Annotated[list[ShortText], Field(max_length=10)]
BirthYear = Annotated[int, Field(ge=1900, le=2200)]


class PersonUpdate(Schema):
    """Details to change; a field left out stays as it is."""

    full_name: ShortText | None = None
    known_names: Names | None = None
    sex: Sex | None = None
    born_on: Day | None = None
    birth_year: BirthYear | None = None
    return_district: Code | None = None
    rcs_number: Number | None = None
    national_id: Number | None = None
    phone: Number | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "PersonUpdate":
        required = ("full_name", "sex", "rcs_number", "national_id", "phone", "known_names")
        if any(name in self.model_fields_set and getattr(self, name) is None for name in required):
            raise ValueError("a field that is given needs a value")
        return self

    def as_change(self) -> PersonChange:
        """For the use case."""
        numbers = {kind: getattr(self, kind.value.lower()) for kind in IdentifierKind}
        return PersonChange(
            given=frozenset(self.model_fields_set),
            full_name=self.full_name,
            known_names=tuple(self.known_names or ()),
            sex=self.sex,
            born_on=self.born_on,
            birth_year=self.birth_year,
            return_district=self.return_district,
            identifiers=tuple((kind, text) for kind, text in numbers.items() if text is not None),
        )


class IdentifierRead(Schema):
    """An identifier as far as it is ever shown."""

    kind: IdentifierKind
    last4: str


class PersonRead(Schema):
    """A person. Names and identifiers are there only for roles that may identify; oversight learns of existence."""

    person_id: UUID
    version: int | None
    facility: str | None
    custody_state: str | None
    full_name: str | None
    known_names: list[str]
    sex: Sex | None
    born_on: date | None
    birth_year: int | None
    return_district: str | None
    died_on: date | None
    identifiers: list[IdentifierRead]
    warnings: list[str]

    @classmethod
    def of(cls, view: PersonView, *, named: bool) -> "PersonRead":
        """What one caller is shown."""
        person = view.person
        case = person if person and named else None
        return cls(
            person_id=view.person_id,
            version=person.version if person else None,
            facility=view.place.facility if person else None,
            custody_state=view.place.custody_state if person else None,
            full_name=case.full_name if case else None,
            known_names=list(case.known_names) if case else [],
            sex=Sex(person.sex) if person else None,
            born_on=case.born_on if case else None,
            birth_year=person.birth_year if person else None,
            return_district=person.return_district if person else None,
            died_on=person.died_on if person else None,
            identifiers=[IdentifierRead.model_validate(item) for item in view.identifiers],
            warnings=list(case.warnings) if case else [],
        )


class NameRead(Schema):
    """A name joined to an id."""

    person_id: UUID
    full_name: str
    known_names: list[str]
    sex: Sex
    born_on: date | None
    birth_year: int | None

    @classmethod
    def of(cls, person: Person) -> "NameRead":
        """From the row."""
        return cls.model_validate(person)


class NameList(Schema):
    """The names of those asked for whom the caller may see; the others are left out."""

    items: list[NameRead]
