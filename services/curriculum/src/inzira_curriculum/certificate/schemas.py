"""Certificates on the wire. What anybody may verify says nothing of a person or a place."""

from datetime import date
from uuid import UUID

from inzira_platform.http import Day, Schema, Written
from pydantic import Field

from inzira_curriculum.certificate.domain import DuplicateReason


class CertificatesCreate(Schema):
    issued_on: Day | None = Field(None, description="today if absent; not before the completion")


class IssuedRead(Schema):
    enrolment_id: UUID
    certificate_id: UUID
    serial: str


class CertificatesWritten(Written):
    """`id` and `version` are the cohort's."""

    issued: list[IssuedRead]


class CertificateWritten(Written):
    """`id` is the certificate's."""

    enrolment_id: UUID
    serial: str


class DuplicateCreate(Schema):
    reason_code: DuplicateReason


class DuplicateWritten(Written):
    """`id` is the entry in the duplicate log."""

    certificate_id: UUID
    serial: str


class VerificationRead(Schema):
    """Whether a serial is valid; the programme by its certificate's title, and the day of issue."""

    valid: bool
    programme: str | None = None
    issued_on: date | None = None
