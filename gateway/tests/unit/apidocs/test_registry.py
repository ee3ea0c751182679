from dataclasses import replace
from typing import Any

import pytest
from inzira_gateway.registry.domain import (
    RegistryError,
    Route,
    check_routes,
    disagreements,
    from_document,
    with_tuning,
)

PERMISSIONS = {"person:read": frozenset({"x"}), "admission:record": frozenset({"x"})}
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/v1/persons/{person_id}": {
            "get": {
                "x-permission": "person:read",
                "parameters": [{"name": "person_id", "in": "path", "schema": {"type": "string", "format": "uuid"}}],
                "responses": {"200": {"content": {"text/event-stream": {}}}},
            }
        },
        "/v1/admissions": {
            "post": {
                "x-permission": "admission:record",
                "x-max-body": 5000,
                "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {}}],
                "requestBody": {"content": {"application/json": {}}},
                "responses": {},
            }
        },
    }
}


def test_routes_follow_from_the_document() -> None:
    read, write = from_document("intake", DOCUMENT)
    assert (read.params, read.stream, read.rate, read.idempotency) == ({"person_id": "uuid"}, True, "read", "none")
    assert (write.body, write.max_body, write.idempotency) == (("application/json",), 5000, "required")


def test_operation_without_permission_stops_everything() -> None:
    with pytest.raises(RegistryError, match="declares no permission"):
        from_document("intake", {"paths": {"/v1/x": {"get": {"responses": {}}}}})


def test_regenerating_keeps_what_was_set_by_hand_and_nothing_else() -> None:
    read, write = from_document("intake", DOCUMENT)
    known = [replace(write, cost=9, timeout=77, max_body=1, permission="old")]
    assert with_tuning([read, write], known) == [replace(write, cost=9, timeout=77), read]


def test_disagreements_name_every_difference() -> None:
    read, write = from_document("intake", DOCUMENT)
    other = Route("GET", "/v1/gone", "intake", "person:read")
    lines = disagreements([replace(read, permission="admission:record"), other], [read, write])
    assert lines == [
        "GET /v1/gone: registered, offered by no service",
        "GET /v1/persons/{person_id}: permission differs",
        "POST /v1/admissions: offered by intake, not registered",
    ]


@pytest.mark.parametrize(
    "change", [{"permission": "nobody:knows"}, {"upstream": "elsewhere"}, {"rate": "fast"}, {"cost": 0}]
)
def test_route_that_breaks_a_rule_stops_the_boot(change: dict[str, Any]) -> None:
    route = replace(from_document("intake", DOCUMENT)[0], **change)
    with pytest.raises(RegistryError):
        check_routes([route], PERMISSIONS, ["intake"])
