"""The permission table: whole, closed, and least privilege where the law or the architecture asks for it."""

import pytest
from inzira_contracts import policy as module
from inzira_contracts.policy import PERMISSIONS, ROLE_SCOPE, ROLES, policy

SCOPES = {
    "rcs_intake_officer": "facility",
    "rcs_psychosocial_officer": "facility",
    "tvet_instructor": "facility",
    "caseworker": "caseload",
    "supervisor": "org",
    "me_officer": "national",
    "data_protection_officer": "oversight",
    "administrator": "none",
    "system": "system",
    "partner": "partner",
}
CASE_CONTENT = {
    "person",
    "admission",
    "movement",
    "sentence",
    "case",
    "visit",
    "flag",
    "journey",
    "enrolment",
}
FACILITY_ROLES = {role for role, scope in SCOPES.items() if scope == "facility"}


def held_by(role: str) -> set[str]:
    """What a role may do beyond being signed in."""
    return {permission for permission, roles in PERMISSIONS.items() if role in roles} - {"session:use"}


def test_roles_and_their_reach() -> None:
    assert dict(ROLE_SCOPE) == SCOPES
    assert frozenset(SCOPES) == ROLES
    assert policy().scope_of("supervisor") == "org"


def test_every_permission_has_a_holder_or_is_public() -> None:
    assert all(roles or policy().is_public(permission) for permission, roles in PERMISSIONS.items())


def test_what_is_public_shows_no_person() -> None:
    public = {one for one in PERMISSIONS if policy().is_public(one)}
    assert public == {"certificate:verify", "session:open", "docs:read", "partner:token"}
    assert policy().allows("certificate:verify", frozenset())


def test_monitoring_never_identifies_nor_changes_anything() -> None:
    assert held_by("me_officer") == {
        "programme:read",
        "cohort:read",
        "enrolment:read",
        "training:read",
        "summary:read",
    }


def test_administrator_never_sees_case_content() -> None:
    assert not {permission.split(":")[0] for permission in held_by("administrator")} & CASE_CONTENT
    assert held_by("administrator") == {
        "programme:read",
        "account:manage",
        "events:operate",
        "partner:manage",
        "grant:propose",
        "grant:approve",
        "grant:dry_run",
        "webhook:oversee",
        "statistics:release",
    }


def test_protection_officer_sees_the_log_and_that_a_person_exists() -> None:
    assert held_by("data_protection_officer") == {
        "access_log:read",
        "person:read",
        "summary:read",
        "consent:read",
        "legal_duty:record",
        "grant:approve",
        "grant:dry_run",
    }
    assert policy().roles_for("access_log:read") == {"data_protection_officer"}


def test_a_partner_holds_nothing_but_its_own_permissions() -> None:
    own = {"partner:read", "partner:feed", "partner:webhook", "partner:statistics"}
    assert held_by("partner") == own
    assert all(policy().roles_for(permission) == {"partner"} for permission in own)


def test_facility_officers_cannot_approve_closures() -> None:
    assert policy().roles_for("closure:approve") == {"supervisor"}
    assert not policy().roles_for("case:close") & FACILITY_ROLES


def test_only_intake_officers_change_custody() -> None:
    for permission in ("admission", "movement", "sentence", "release", "death"):
        assert policy().roles_for(f"{permission}:record") == {"rcs_intake_officer"}


def test_what_a_law_demands_is_not_recorded_by_those_who_record_consents() -> None:
    assert policy().roles_for("legal_duty:record") == {"data_protection_officer"}
    assert "data_protection_officer" not in policy().roles_for("consent:record") | policy().roles_for(
        "consent:withdraw"
    )
    # a person may take a consent back at any time, also once nobody carries them; asking for one is not a supervisor's
    assert policy().roles_for("consent:withdraw") == policy().roles_for("consent:record") | {"supervisor"}
    assert policy().roles_for("consent:record") <= policy().roles_for("consent:read")


def test_journals_are_for_services_alone_and_services_ask_for_nothing_else() -> None:
    assert policy().roles_for("journal:read") == {"system"}
    assert held_by("system") == {"journal:read"}


def test_who_marks_attendance_is_who_teaches() -> None:
    assert policy().roles_for("attendance:record") == {"rcs_psychosocial_officer"}
    assert policy().roles_for("training:attend") == {"tvet_instructor"}


def test_oversight_reads_no_custody() -> None:
    assert policy().roles_for("custody:read") == policy().roles_for("person:read") - {"data_protection_officer"}


@pytest.mark.parametrize("method", ["roles_for", "scope_of", "is_public"])
def test_unknown_name_is_an_error_and_never_a_refusal_in_silence(method: str) -> None:
    with pytest.raises(KeyError):
        getattr(policy(), method)("nothing:here")


def test_table_cannot_be_changed_at_run_time() -> None:
    with pytest.raises(TypeError):
        policy().permissions["person:read"] = frozenset()  # type: ignore[index]  # the refusal is what is tested
    with pytest.raises(AttributeError):
        _ = module.NOTHING
