"""HTTP of the documentation."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from inzira_contracts.policy import policy
from inzira_platform.deps import declared
from inzira_platform.errors import DomainError, Kind

from inzira_gateway.apidocs.narrow import narrowed
from inzira_gateway.apidocs.page import content_security_policy, page_of
from inzira_gateway.registry.files import load_document

router = APIRouter(tags=["documentation"])
CACHED = {"Cache-Control": "public, max-age=300"}


class RoleUnknownError(DomainError):
    kind = Kind.INVALID
    code = "role-unknown"
    message = "There is no such role. Leave it out for the whole document."


@router.get("/v1/openapi.json", response_model=dict[str, Any], **declared("docs:read"))
async def read_document(
    request: Request,
    role: Annotated[str | None, Query(max_length=40, description="only what this role may call, `partner` say")] = None,
) -> Response:
    """Every operation of the platform as one OpenAPI 3.1 document, or those of one role."""
    if role is not None and role not in policy().roles:
        raise RoleUnknownError(field="role")
    kept = request.app.state
    if not hasattr(kept, "openapi_answers"):
        kept.openapi_answers = {}
    if role not in kept.openapi_answers:
        document = load_document()
        wanted = document if role is None else narrowed(document, _permissions_of(role))
        kept.openapi_answers[role] = JSONResponse(wanted).body
    return Response(kept.openapi_answers[role], media_type="application/json", headers=CACHED)


def _permissions_of(role: str) -> frozenset[str]:
    """What the role carries, and what needs no role."""
    return policy().public | {name for name in policy().permissions if role in policy().roles_for(name)}


@router.get("/docs", response_class=HTMLResponse, **declared("docs:read"))
async def read_page(request: Request) -> Response:
    """The same, to read."""
    kept = request.app.state
    if not hasattr(kept, "docs_page"):
        kept.docs_page = page_of(load_document())
    return HTMLResponse(kept.docs_page, headers={**CACHED, "Content-Security-Policy": content_security_policy()})
