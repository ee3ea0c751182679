"""A server behind the edge that says what it was sent."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


async def _say(request: Request) -> Response:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
    answer = {
        "path": request.scope["raw_path"].decode(),
        "query": request.scope["query_string"].decode(),
        "headers": [[name.decode(), value.decode("latin-1")] for name, value in request.scope["headers"]],
        "size": size,
    }
    status = int(request.query_params.get("status", "200"))
    return JSONResponse(answer, status, headers={"ETag": '"3"', "Consistency-Token": "abc"})


echo = Starlette(routes=[Route("/{rest:path}", _say, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])])
