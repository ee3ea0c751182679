"""Create consents and legal duties: a ledger whose rows change only by the one end each may have.

Revision ID: intake_0020
Revises: intake_0010
"""

import sqlalchemy as sa
from alembic import op

revision = "intake_0020"
down_revision = "intake_0010"

SERVICE = "intake"
IN_REACH = "EXISTS (SELECT 1 FROM person_scope ps WHERE ps.person_id = consent.person_id)"
CLOSED_LISTS = {
    "basis": ("CONSENT", "LEGAL_DUTY"),
    "purpose": (
        "custody_management",
        "psychosocial_care",
        "curriculum",
        "tvet_training",
        "reintegration_support",
        "family_contact",
        "health_referral",
        "me_statistics",
        "research",
    ),
    "language": ("en", "fr", "rw"),
    "method": ("ORAL", "WRITTEN", "ELECTRONIC"),
    "witness_role": (
        "OFFICER",
        "CASEWORKER",
        "LAWYER",
        "CHAPLAIN",
        "INTERPRETER",
        "RELATIVE",
        "LOCAL_LEADER",
        "OTHER",
    ),
    "guardian_relation": ("MOTHER", "FATHER", "GUARDIAN", "COURT_APPOINTED"),
}
CHECKS = {
    "data_classes": "cardinality(data_classes) > 0",
    "period": "valid_to IS NULL OR valid_to > valid_from",
    "by_basis": "CASE basis WHEN 'CONSENT' THEN num_nulls(language, text_hash, method, valid_to) = 0 "
    "AND purpose <> 'custody_management' AND valid_to <= valid_from + interval '731 days' "
    "ELSE num_nonnulls(language, text_hash, method, witness_role, guardian_relation) = 0 END",
    "witness": "method <> 'ORAL' OR witness_role IS NOT NULL",
    "withdrawn": "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
}
ONE_END = """
CREATE TRIGGER consent_ends_once BEFORE UPDATE ON consent
  FOR EACH ROW WHEN (OLD.withdrawn_at IS NOT NULL) EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    """The table, then who may touch it."""
    op.create_table("consent", *_columns(), *_constraints())
    op.create_index("ix_consent_person_id", "consent", ["person_id", "id"])
    op.execute(ONE_END)
    op.execute("ALTER TABLE consent ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE consent FORCE ROW LEVEL SECURITY")
    _readers()
    _writers()


def _columns() -> list[sa.Column[object]]:
    def column(name: str, kind: object, *, nullable: bool = False) -> sa.Column[object]:
        return sa.Column(name, kind, nullable=nullable)  # type: ignore[call-overload]  # any type there is

    text, at, sealed = sa.Text(), sa.DateTime(timezone=True), sa.LargeBinary()
    return [
        column("id", sa.Uuid()),
        column("person_id", sa.Uuid()),
        *(column(name, text) for name in ("basis", "purpose", "recipient")),
        column("data_classes", sa.ARRAY(sa.Text())),
        column("agreement_code", text),
        column("agreement_version", sa.Integer()),
        *(column(name, text, nullable=True) for name in ("language", "text_hash", "method", "proof_reference")),
        *(column(name, text, nullable=True) for name in ("witness_role", "witness_account", "guardian_relation")),
        *(column(name, sealed, nullable=True) for name in ("witness_name", "guardian_name")),
        column("key_version", sa.Integer(), nullable=True),
        *(column(name, at) for name in ("given_at", "valid_from", "recorded_at")),
        *(column(name, at, nullable=True) for name in ("valid_to", "withdrawn_at")),
        *(column(name, text, nullable=True) for name in ("withdrawn_by", "withdrawal_reference")),
        column("version", sa.Integer()),
        column("recorded_by", text),
    ]


def _constraints() -> list[sa.Constraint]:
    lists = {name: f"{name} IN ({', '.join(repr(value) for value in values)})" for name, values in CLOSED_LISTS.items()}
    checks = [sa.CheckConstraint(rule, name=op.f(f"ck_consent_{name}")) for name, rule in {**lists, **CHECKS}.items()]
    return [*checks, sa.PrimaryKeyConstraint("id", name=op.f("pk_consent"))]


def _readers() -> None:
    """Officers, caseworkers and supervisors see whom they reach; the protection officer sees what was shared."""
    for kind, rule in {"facility": IN_REACH, "caseload": IN_REACH, "org": IN_REACH, "oversight": "true"}.items():
        op.execute(f"CREATE POLICY {kind} ON consent FOR SELECT TO {SERVICE}_s_{kind} USING ({rule})")
        op.execute(f"GRANT SELECT ON consent TO {SERVICE}_s_{kind}")
    op.execute(f"CREATE POLICY system ON consent TO {SERVICE}_s_system USING (true) WITH CHECK (true)")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON consent TO {SERVICE}_s_system")


def _writers() -> None:
    """Who records consents cannot write a legal duty, and the other way round; only an end may be added later."""
    consent = f"basis = 'CONSENT' AND {IN_REACH}"
    for kind, rule in {"facility": consent, "caseload": consent, "oversight": "basis = 'LEGAL_DUTY'"}.items():
        role = f"{SERVICE}_s_{kind}"
        op.execute(f"CREATE POLICY {kind}_record ON consent FOR INSERT TO {role} WITH CHECK ({rule})")
        op.execute(f"CREATE POLICY {kind}_end ON consent FOR UPDATE TO {role} USING ({rule}) WITH CHECK ({rule})")
        op.execute(f"GRANT INSERT ON consent TO {role}")
        op.execute(f"GRANT UPDATE (withdrawn_at, withdrawn_by, withdrawal_reference, version) ON consent TO {role}")
