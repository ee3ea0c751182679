"""Register imports on the wire."""

from datetime import date, datetime
from uuid import UUID

from inzira_platform.http import Schema
from pydantic import Field

from inzira_intake.admission.domain import ReadmissionType
from inzira_intake.register.domain import ImportState, Outcome, Settlement


class FileProblem(Schema):
    """Why a file could not be read."""

    code: str = Field(max_length=64)
    detail: str = Field(max_length=1000)
    columns: str | None = Field(None, max_length=500, description="needed columns that are missing")


class IgnoredLineRead(Schema):
    """A filled line that is no person."""

    row: int = Field(ge=1)
    why: str = Field(max_length=32, description="total, repeated_headings, signature or note")


class ImportAccepted(Schema):
    """Answer of a sent register. `again` says that these bytes were sent before: nothing is done twice."""

    id: UUID
    version: int = Field(ge=1)
    state: ImportState
    again: bool


class ImportRead(Schema):
    """An import and how far it is."""

    id: UUID
    version: int
    state: ImportState
    total: int = Field(description="rows of the register; 0 until the file has been read")
    done: int = Field(description="rows decided")
    admitted: int
    duplicate: int
    review: int
    rejected: int
    heading_row: int | None = None
    ignored: list[IgnoredLineRead] = Field(default_factory=list)
    problem: FileProblem | None = None
    created_by: str
    created_at: datetime
    finished_at: datetime | None = None


class RowOutcome(Schema):
    """What a row became, in the form of the answer file."""

    row: int = Field(ge=1, description="the spreadsheet's own row number")
    outcome: Outcome
    reason: str | None = Field(None, description="plain words in the language asked for")
    person_id: UUID | None = None
    name: str | None = Field(None, description="family name first")
    sex: str | None = None
    born_on: date | None = None
    admitted_on: date | None = None
    sentence: str | None = Field(None, description="ISO 8601 duration, or LIFE")
    facility: str | None = None


class RowRead(RowOutcome):
    """A row with the codes behind the words, and what was noticed beside it."""

    reasons: list[str] = Field(default_factory=list, description="codes of the reasons")
    notices: list[str] = Field(default_factory=list, description="codes of what was noticed and changed nothing")
    notice: str | None = Field(None, description="the notices in words")
    rcs_number: str | None = None
    settled_as: Settlement | None = Field(None, description="how a row under review was settled")
    settled_by: str | None = None
    settled_at: datetime | None = None


class RowSettle(Schema):
    """What an officer found about a row under review."""

    settlement: Settlement = Field(
        description="SOMEBODY_ELSE admits a new person; SAME_PERSON names who it is; "
        "CAME_BACK admits a released person again; NOT_ADMITTED ends the row"
    )
    person_id: UUID | None = Field(None, description="who it is: needed by SAME_PERSON, possible with CAME_BACK")
    readmission_type: ReadmissionType | None = Field(None, description="needed by CAME_BACK")


class RowSettled(Schema):
    """Answer of a settlement."""

    row: int = Field(ge=1)
    settled_as: Settlement
    person_id: UUID | None = Field(None, description="whom the row is about; nobody for NOT_ADMITTED")
