"""Admissions on the wire."""

from typing import Annotated
from uuid import UUID

from inzira_platform.http import Code, Day, LongText, Schema, ShortText, Written
from pydantic import Field

from inzira_intake.admission.domain import (
    Admission,
    Answer,
    CommitmentOrder,
    Readmission,
    ReadmissionType,
    Section,
    SectionAnswer,
)
from inzira_intake.custody.domain import LegalStatus
from inzira_intake.person.domain import NewPerson, Sex
from inzira_intake.person.schemas import BirthYear, Names, Number
from inzira_intake.sentence.schemas import TermsCreate
from inzira_intake.wire import When


class PersonCreate(Schema):
    """A person as written on the papers: one name field, never split."""

    full_name: ShortText
    known_names: Names = []
    sex: Sex
    born_on: Day | None = None
    birth_year: BirthYear | None = None
    return_district: Code | None = None
    rcs_number: Number | None = None
    national_id: Number | None = None
    phone: Number | None = None

    def as_person(self) -> NewPerson:
        """For the use case."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return NewPerson(**{**values, "known_names": tuple(self.known_names)})


class OrderCreate(Schema):
    """The commitment order."""

    number: ShortText
    authority: ShortText
    issued_on: Day | None = None
    scan_ref: ShortText | None = None


class SectionCreate(Schema):
    """One section of Rule 7: RECORDED with its text, or NONE, UNKNOWN, DECLINED without."""

    answer: Answer
    text: LongText | None = None


class SectionsCreate(Schema):
    """The seven sections of Rule 7, (a) to (g); none may be left out."""

    identity: SectionCreate = Field(description="(a) identity, and gender as the person sees it")
    reasons: SectionCreate = Field(description="(b) reasons, authority, date, time and place of the arrest")
    times: SectionCreate = Field(description="(c) what is known of day and hour of admission and transfers before")
    injuries: SectionCreate = Field(description="(d) visible injuries, complaints of earlier ill-treatment")
    property: SectionCreate = Field(description="(e) inventory of property")
    family: SectionCreate = Field(description="(f) family; children, their ages, place and guardians")
    contacts: SectionCreate = Field(description="(g) emergency contact, next of kin")

    def as_answers(self) -> dict[Section, SectionAnswer]:
        """For the use case."""
        given = {section: getattr(self, section.value.lower()) for section in Section}
        return {section: SectionAnswer(item.answer, item.text) for section, item in given.items()}


class ReadmissionCreate(Schema):
    """Somebody comes back: by id where visible, else found by the RCS or national number under `person`."""

    type: ReadmissionType
    person_id: UUID | None = None


class AdmissionCreate(Schema):
    """Everything one admission records."""

    person: PersonCreate
    facility: Code
    admitted_at: When
    order: OrderCreate
    legal_status: LegalStatus = LegalStatus.REMAND
    offences: Annotated[list[Code], Field(max_length=20)] = []
    sections: SectionsCreate
    sentence: TermsCreate | None = None
    readmission: ReadmissionCreate | None = None
    confirmed_new: bool = Field(False, description="somebody else than the possible match that was reported")

    def as_admission(self) -> Admission:
        """For the use case."""
        again = self.readmission
        return Admission(
            person=self.person.as_person(),
            facility=self.facility,
            admitted_at=self.admitted_at,
            order=CommitmentOrder(self.order.number, self.order.authority, self.order.issued_on, self.order.scan_ref),
            legal_status=self.legal_status,
            sections=self.sections.as_answers(),
            offences=tuple(self.offences),
            sentence=self.sentence.as_terms() if self.sentence else None,
            readmission=Readmission(again.type, again.person_id) if again else None,
            confirmed_new=self.confirmed_new,
        )


class AdmissionWritten(Written):
    """`id` is the episode's, as is the version."""

    person_id: UUID
    episode_id: UUID
