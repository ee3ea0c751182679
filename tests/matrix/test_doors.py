"""Every operation has its row, every row its operation, and every principal meets at each door what is written."""

from collections.abc import Callable

import pytest
from cells import DONE, NOBODY, SERVICES, Rule, matrix
from doors import Door, make_doors
from fleet import Ground
from inzira_contracts.policy import policy
from policy_mutants import holder_difference
from views import views

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def doors(module_ground: Ground) -> dict[str, Door]:
    """The middleware of every service."""
    return make_doors(module_ground)


def rules_of(service: str) -> list[Rule]:
    """The rows of a service."""
    return list(matrix().rules[service].values())


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_has_a_row_and_every_row_an_operation(doors: dict[str, Door], service: str) -> None:
    document = doors[service].document
    documented = {
        (method.upper(), path) for path, item in document["paths"].items() for method in METHODS if method in item
    }
    written = set(matrix().rules[service])
    assert documented - written == set(), "operations without a row in tests/matrix/policy"
    assert written - documented == set(), "rows of tests/matrix/policy without an operation"


def test_the_principals_stand_for_every_role() -> None:
    """With the scope kind the policy gives it, and none that it does not know."""
    policy_file = {role: policy().scope_of(role) for role in policy().roles}
    by_hand = {who.role: who.scope for who in matrix().principals.values() if who.role not in (None, "none")}
    assert by_hand == policy_file
    assert NOBODY in matrix().principals


def test_every_view_that_is_named_is_written_and_every_written_one_named() -> None:
    named = {view for service in SERVICES for rule in rules_of(service) for view in rule.may.values()} - {DONE}
    assert named == set(views())


def test_every_permission_is_asked_for_by_a_route_or_named_with_its_holders(doors: dict[str, Door]) -> None:
    declared = {door.permission_of(rule.operation) for door in doors.values() for rule in rules_of(door.service)}
    assert frozenset(policy().permissions) - declared == set(matrix().beyond_routes)
    assert [holder_difference(matrix(), permission) for permission in matrix().beyond_routes] == [None]


@pytest.mark.parametrize("service", SERVICES)
async def test_every_principal_meets_what_is_written(
    doors: dict[str, Door], service: str, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """401 without a token, 403 without the right, and through otherwise: before anything else is looked at."""
    cells = list(matrix().door_cells(service))
    wrong = [
        f"{rule.label} as {who}: {said}, not {wanted}"
        for rule, who, wanted in cells
        if (said := await doors[service].ask(rule.operation, who)) != wanted
    ]
    record_testsuite_property(f"door_cells_{service}", len(cells))
    assert not wrong, "\n" + "\n".join(wrong)
