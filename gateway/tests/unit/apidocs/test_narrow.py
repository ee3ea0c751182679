"""The document of one role: what it may call, and nothing of the rest."""

from typing import Any

from inzira_gateway.apidocs.narrow import narrowed

REF = "#/components/schemas/"


def operation(identifier: str, permission: str, schema: str) -> dict[str, Any]:
    answer = {"200": {"content": {"application/json": {"schema": {"$ref": REF + schema}}}}}
    tags = [f"{identifier.partition('.')[0]}: things"]
    return {"operationId": identifier, "x-permission": permission, "tags": tags, "responses": answer}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/v1/feed": {"get": operation("gateway.follow", "partner:feed", "gateway.Item")},
        "/v1/things/{id}": {
            "get": operation("gateway.read_v1_things__id__get", "partner:read", "gateway.Thing"),
            "post": operation("gateway.change", "person:update", "gateway.Secret"),
        },
        "/v1/a": {"get": operation("intake.find", "partner:read", "intake.Thing")},
        "/v1/b": {"get": operation("tvet.find", "partner:read", "tvet.Only")},
    },
    "components": {
        "securitySchemes": {},
        "schemas": {
            "gateway.Item": {"discriminator": {"mapping": {"x": REF + "tvet.Only"}}},
            "gateway.Thing": {"type": "object"},
            "gateway.Secret": {"type": "object"},
            "intake.Thing": {"properties": {"only": {"$ref": REF + "tvet.Only"}}},
            "tvet.Only": {"type": "object"},
        },
    },
}


def test_only_what_the_permissions_open_is_left() -> None:
    found = narrowed(DOCUMENT, frozenset({"partner:feed"}))
    assert set(found["paths"]) == {"/v1/feed"}
    assert set(found["components"]["schemas"]) == {"Item", "Only"}
    assert "Secret" not in str(found)


def test_names_are_short_where_they_stay_unambiguous() -> None:
    found = narrowed(DOCUMENT, frozenset({"partner:feed", "partner:read"}))
    paths = found["paths"]
    assert paths["/v1/feed"]["get"]["operationId"] == "follow"
    assert paths["/v1/things/{id}"]["get"]["operationId"] == "read"
    assert [paths[path]["get"]["operationId"] for path in ("/v1/a", "/v1/b")] == ["intake.find", "tvet.find"]
    assert set(found["components"]["schemas"]) == {"Item", "gateway.Thing", "intake.Thing", "Only"}
    assert paths["/v1/feed"]["get"]["tags"] == ["things"]


def test_every_reference_points_to_a_schema_that_is_there_and_the_input_stays() -> None:
    found = narrowed(DOCUMENT, frozenset({"partner:feed", "partner:read"}))
    schemas = found["components"]["schemas"]
    assert schemas["Item"]["discriminator"]["mapping"]["x"] == REF + "Only"
    assert schemas["intake.Thing"]["properties"]["only"]["$ref"] == REF + "Only"
    assert DOCUMENT["paths"]["/v1/feed"]["get"]["operationId"] == "gateway.follow"
