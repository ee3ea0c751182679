"""The table of grants."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from inzira_gateway.database import Base


class PartnerGrant(Base, table=True):
    """What one partner may see. `row_filter` is never absent, and empty means nobody."""

    __tablename__ = "partner_grant"
    __table_args__ = (
        CheckConstraint("state IN ('PROPOSED', 'ACTIVE', 'SUSPENDED')", name="state"),
        CheckConstraint("route IN ('persons', 'feed', 'statistics')", name="route"),
        CheckConstraint("jsonb_typeof(row_filter) = 'object'", name="row_filter"),
        CheckConstraint("cardinality(purposes) > 0", name="purposes"),
        CheckConstraint(
            "basis IN ('CONSENT', 'LEGAL_DUTY', 'DEIDENTIFIED') AND (basis = 'CONSENT') = (basis_code IS NULL) "
            "AND (route = 'statistics') = (basis = 'DEIDENTIFIED')",
            name="basis",
        ),
        CheckConstraint("valid_from <= valid_to", name="dates"),
        CheckConstraint("state <> 'ACTIVE' OR (approved_by IS NOT NULL)", name="approved"),
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="two_persons"),
    )
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    client_id: str = Field(sa_column=Column(Text, ForeignKey("partner.client_id"), nullable=False, index=True))
    route: str = Field(sa_column=Column(Text, nullable=False))
    row_filter: dict[str, list[str]] = Field(sa_column=Column(JSONB(none_as_null=True), nullable=False))
    view: str = Field(sa_column=Column(Text, nullable=False))
    view_version: int = Field(sa_column=Column(Integer, nullable=False))
    purposes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    basis: str = Field(sa_column=Column(Text, nullable=False))
    basis_code: str | None = Field(default=None, sa_column=Column(Text))
    agreement: str = Field(sa_column=Column(Text, nullable=False))
    valid_from: date = Field(sa_column=Column(Date, nullable=False))
    valid_to: date = Field(sa_column=Column(Date, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    proposed_by: str = Field(sa_column=Column(Text, nullable=False))
    approved_by: str | None = Field(default=None, sa_column=Column(Text))
    suspended_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default=text("1")))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
