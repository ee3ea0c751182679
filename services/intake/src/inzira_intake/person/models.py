"""Tables of a person: the only ones in all services that hold names and identifiers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, Index, LargeBinary, Text
from sqlmodel import Field

from inzira_intake.database import Base, moment, one_of, plain_text
from inzira_intake.person.domain import IdentifierKind, Sex


class Person(Base, table=True):
    """One human being, whatever the number of episodes and identifiers."""

    __tablename__ = "person"
    __table_args__ = (
        one_of("sex", Sex),
        Index("ix_person_name_key", "name_key"),
        Index("ix_person_normalised_name_person_id", "normalised_name", "person_id"),
    )

    person_id: UUID = Field(primary_key=True)
    full_name: str = Field(sa_type=Text)
    known_names: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    normalised_name: str = Field(sa_column=plain_text())
    name_key: str = Field(sa_column=plain_text())
    sex: str = Field(sa_type=Text)
    born_on: date | None = None
    birth_year: int | None = None
    return_district: str | None = Field(default=None, sa_type=Text)
    died_on: date | None = None
    warnings: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    version: int = 1
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)
    updated_at: datetime = Field(sa_column=moment())


class PersonNameToken(Base, table=True):
    """One word of a name, folded: what a search by the beginning of a name finds."""

    __tablename__ = "person_name_token"
    __table_args__ = (Index("ix_person_name_token_token_person_id", "token", "person_id"),)

    person_id: UUID = Field(primary_key=True, foreign_key="person.person_id")
    token: str = Field(sa_column=plain_text(primary_key=True))


class PersonIdentifier(Base, table=True):
    """An identifier: encrypted, findable by its blind index, shown by its last four signs only."""

    __tablename__ = "person_identifier"
    __table_args__ = (
        one_of("kind", IdentifierKind),
        Index("ix_person_identifier_blind_index_kind", "blind_index", "kind"),
        Index("ix_person_identifier_person_id", "person_id"),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.person_id")
    kind: str = Field(sa_type=Text)
    ciphertext: bytes = Field(sa_type=LargeBinary)
    key_version: int
    blind_index: bytes = Field(sa_type=LargeBinary)
    last4: str = Field(sa_type=Text)
    valid_to: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)
