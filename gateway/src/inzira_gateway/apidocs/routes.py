"""HTTP of the documentation."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from inzira_platform.deps import declared

from inzira_gateway.apidocs.page import content_security_policy, page_of
from inzira_gateway.registry.files import load_document

router = APIRouter(tags=["documentation"])
CACHED = {"Cache-Control": "public, max-age=300"}


@router.get("/v1/openapi.json", response_model=dict[str, Any], **declared("docs:read"))
async def read_document(request: Request) -> Response:
    """Every operation of the platform as one OpenAPI 3.1 document."""
    kept = request.app.state
    if not hasattr(kept, "openapi_answer"):
        kept.openapi_answer = JSONResponse(load_document()).body
    return Response(kept.openapi_answer, media_type="application/json", headers=CACHED)


@router.get("/docs", response_class=HTMLResponse, **declared("docs:read"))
async def read_page(request: Request) -> Response:
    """The same, to read."""
    kept = request.app.state
    if not hasattr(kept, "docs_page"):
        kept.docs_page = page_of(load_document())
    return HTMLResponse(kept.docs_page, headers={**CACHED, "Content-Security-Policy": content_security_policy()})
