"""Tables of register imports: the file while it is worked on, and what became of each row."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Column, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from inzira_intake.database import Base, moment, one_of
from inzira_intake.register.domain import ImportState, Outcome, Settlement


class RegisterImport(Base, table=True):
    """One file sent by one officer's facilities. The same bytes from the same facilities are the same import.

    `reach` holds the facility codes whose rows may be taken, sorted and joined by commas.
    """

    __tablename__ = "register_import"
    __table_args__ = (
        one_of("state", ImportState),
        UniqueConstraint("file_hash", "reach"),
        CheckConstraint("(ciphertext IS NULL) = (key_version IS NULL)", name="sealed"),
        Index("ix_register_import_open", "touched_at", postgresql_where=text("state IN ('RECEIVED','RUNNING')")),
        Index("ix_register_import_created_at_id", "created_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    file_hash: bytes = Field(sa_type=LargeBinary)
    reach: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    total: int = 0
    done: int = 0
    admitted: int = 0
    duplicate: int = 0
    review: int = 0
    rejected: int = 0
    attempts: int = 0
    heading_row: int | None = None
    ignored: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    problem: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True))
    ciphertext: bytes | None = Field(default=None, sa_type=LargeBinary)
    key_version: int | None = None
    version: int = 1
    created_by: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_column=moment())
    touched_at: datetime = Field(sa_column=moment())
    finished_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))


class RegisterRow(Base, table=True):
    """One row: its draft encrypted, what it is found by as blind indexes, and what it became.

    A row put to review stays until an officer settles it; the drafts of the others go with the file.
    """

    __tablename__ = "register_row"
    __table_args__ = (
        CheckConstraint(
            "outcome IS NULL OR outcome IN (" + ", ".join(f"'{outcome}'" for outcome in Outcome) + ")",
            name="outcome",
        ),
        CheckConstraint("(outcome = 'admitted') <= (person_id IS NOT NULL)", name="admitted"),
        CheckConstraint(
            "settled_as IS NULL OR (outcome = 'review' AND settled_by IS NOT NULL AND settled_at IS NOT NULL "
            "AND settled_as IN (" + ", ".join(f"'{one}'" for one in Settlement) + "))",
            name="settled",
        ),
        Index("ix_register_row_undecided", "import_id", "row_number", postgresql_where=text("outcome IS NULL")),
        Index("ix_register_row_number_index", "number_index"),
        Index("ix_register_row_national_id_index", "national_id_index"),
        Index("ix_register_row_likeness_index", "likeness_index"),
    )

    import_id: UUID = Field(primary_key=True, foreign_key="register_import.id")
    row_number: int = Field(primary_key=True)
    ciphertext: bytes | None = Field(default=None, sa_type=LargeBinary)
    key_version: int
    number_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    national_id_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    likeness_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    outcome: str | None = Field(default=None, sa_type=Text)
    reasons: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    notices: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    person_id: UUID | None = None
    match_id: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    settled_as: str | None = Field(default=None, sa_type=Text)
    settled_by: str | None = Field(default=None, sa_type=Text)
    settled_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
