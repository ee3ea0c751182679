"""Certificates issued. The title is kept as printed, so that verifying answers what the paper says."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey
from sqlmodel import Field

from inzira_curriculum.database import Base


class Certificate(Base, table=True):
    """One certificate for one completed enrolment."""

    __tablename__ = "certificate"

    id: UUID = Field(primary_key=True)
    enrolment_id: UUID = Field(unique=True, sa_column_args=[ForeignKey("enrolment.id")])
    person_id: UUID
    programme_code: str
    programme_version: int
    title: str
    serial: str = Field(unique=True)
    issued_on: date
    issued_by: str
    issued_at: datetime = Field(sa_type=DateTime(timezone=True))


class CertificateDuplicate(Base, table=True):
    """The log of duplicates handed out, each with its reason."""

    __tablename__ = "certificate_duplicate"

    id: UUID = Field(primary_key=True)
    certificate_id: UUID = Field(index=True, sa_column_args=[ForeignKey("certificate.id")])
    person_id: UUID
    reason_code: str
    issued_on: date
    issued_by: str
    issued_at: datetime = Field(sa_type=DateTime(timezone=True))
