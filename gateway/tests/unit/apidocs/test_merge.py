from typing import Any

import pytest
from inzira_gateway.apidocs.merge import PROBLEM, merge

PUBLIC = frozenset({"certificate:verify"})


def document(path: str = "/v1/persons/{person_id}", permission: str = "person:read") -> dict[str, Any]:
    return {
        "paths": {
            path: {
                "get": {
                    "operationId": "get_it",
                    "tags": ["person"],
                    "x-permission": permission,
                    "responses": {
                        "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}}},
                        "404": {"content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}},
                    },
                }
            },
            "/v1/operations/x/journal": {"get": {"x-permission": "journal:read", "responses": {}}},
            "/healthz": {"get": {"responses": {}}},
        },
        "components": {
            "schemas": {
                "Item": {"properties": {"child": {"$ref": "#/components/schemas/Child"}}},
                "Child": {"type": "object"},
                "Unused": {"type": "object"},
                "Problem": {"type": "object"},
            }
        },
    }


def test_merge_prefixes_components_and_keeps_only_what_is_referred_to() -> None:
    merged = merge({"intake": document(), "tvet": document("/v1/trainings")}, {"title": "t", "version": "1"}, PUBLIC)
    assert set(merged["components"]["schemas"]) == {"Problem", "intake.Item", "intake.Child", "tvet.Item", "tvet.Child"}
    item = merged["components"]["schemas"]["intake.Item"]
    assert item["properties"]["child"]["$ref"] == "#/components/schemas/intake.Child"


def test_merge_leaves_out_what_is_internal() -> None:
    merged = merge({"intake": document()}, {}, PUBLIC)
    assert set(merged["paths"]) == {"/v1/persons/{person_id}"}


def test_merge_adds_what_the_gateway_itself_may_answer() -> None:
    responses = merge({"intake": document()}, {}, PUBLIC)["paths"]["/v1/persons/{person_id}"]["get"]["responses"]
    assert {"200", "400", "404", "429", "503", "504"} <= set(responses)


def test_merge_marks_public_operations_as_needing_no_token() -> None:
    merged = merge({"curriculum": document("/v1/certificates/{serial}", "certificate:verify")}, {}, PUBLIC)
    assert merged["paths"]["/v1/certificates/{serial}"]["get"]["security"] == []


def test_merge_refuses_two_owners_of_one_operation() -> None:
    with pytest.raises(ValueError, match="claimed by two"):
        merge({"intake": document(), "tvet": document()}, {}, PUBLIC)


def test_merge_changes_no_input() -> None:
    given = document()
    merge({"intake": given}, {}, PUBLIC)
    assert given == document()


def test_merge_names_operations_after_their_functions_where_these_differ() -> None:
    given = document()
    given["paths"]["/v1/persons/{person_id}"]["get"]["operationId"] = "read_person_v1_persons__person_id__get"
    for path in ("/v1/a", "/v1/b"):
        same = document(path)["paths"][path]
        same["get"]["operationId"] = f"list_things{path.replace('/', '_')}_get"
        given["paths"][path] = same
    paths = merge({"intake": given}, {}, PUBLIC)["paths"]
    assert paths["/v1/persons/{person_id}"]["get"]["operationId"] == "intake.read_person"
    assert paths["/v1/a"]["get"]["operationId"] == "intake.list_things_v1_a_get"
