"""The documentation, and that registry, routes and document agree."""

import re

from inzira_gateway.main import SERVICE
from inzira_gateway.registry.domain import from_document
from inzira_gateway.registry.files import check_own, load_document, load_routes
from inzira_platform.testing.client import Api


async def test_document_is_openapi_31_and_needs_no_account(door: Api) -> None:
    answer = await door.nobody().get("/v1/openapi.json")
    assert answer.status_code == 200 and answer.json()["openapi"] == "3.1.0"
    text = answer.text
    names = set(answer.json()["components"]["schemas"])
    assert {ref for ref in re.findall(r"#/components/schemas/([^\"]+)", text)} <= names


async def test_page_is_self_contained(door: Api) -> None:
    answer = await door.nobody().get("/docs")
    assert answer.status_code == 200
    assert "/v1/persons/{person_id}/journey" in answer.text
    assert "<script" not in answer.text and "http://" not in answer.text and "https://" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_probes_and_metrics_answer_without_a_token(door: Api) -> None:
    assert (await door.nobody().get("/healthz")).status_code == 200
    assert (await door.nobody().get("/readyz")).status_code == 200
    await door.nobody().get("/v1/openapi.json")
    assert "gateway_requests_total" in (await door.nobody().get("/metrics")).text


async def test_own_routes_and_registry_agree(api: Api) -> None:
    check_own(load_routes(), api.app.openapi())
    shipped = {route.key for route in from_document("gateway", load_document())}
    assert {route.key for route in load_routes()} == shipped


PUBLIC = ("session:open", "docs:read", "partner:token")


async def test_every_operation_wants_a_token_unless_it_is_public(door: Api) -> None:
    public = {route.key for route in load_routes() if route.permission in PUBLIC}
    for route in load_routes():
        if route.upstream != SERVICE.name or route.key in public:
            continue
        path = re.sub(r"\{[^}]+\}", "0190b3f0-0000-7000-8000-000000000001", route.path)
        answer = await door.nobody().request(route.method, path)
        assert answer.status_code == 401, route


async def test_a_role_is_given_what_it_may_call_and_no_more(door: Api) -> None:
    answer = await door.nobody().get("/v1/openapi.json?role=partner")
    paths = answer.json()["paths"]
    assert {"/oauth/token", "/v1/feed", "/v1/partner/persons", "/v1/partner/persons/{pairwise_id}"} <= set(paths)
    assert not any(path.startswith(("/v1/admin", "/v1/names", "/v1/persons")) for path in paths)
    assert paths["/v1/feed"]["get"]["operationId"] == "follow_feed"
    whole = await door.nobody().get("/v1/openapi.json")
    assert len(whole.json()["paths"]) > len(paths)
    unknown = await door.nobody().get("/v1/openapi.json?role=emperor")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "role-unknown")
    assert "emperor" not in unknown.text
