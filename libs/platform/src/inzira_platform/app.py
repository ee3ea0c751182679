"""Building a service's HTTP app: wiring and lifespan only, nothing at import time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from inzira_contracts.policy import policy
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from inzira_platform.access import AccessMiddleware, operation_table
from inzira_platform.auth import TokenVerifier
from inzira_platform.clock import Clock, SystemClock
from inzira_platform.database import make_engine
from inzira_platform.idempotency import Replayed, on_replayed
from inzira_platform.logging import log
from inzira_platform.metrics import exposition
from inzira_platform.operations import operations_router
from inzira_platform.problems import Problem, install_problem_handlers
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.wake import Waker


def build_app(service: Service, settings: ServiceSettings, clock: Clock | None = None) -> FastAPI:
    """The app of `service`. A `clock` other than the machine's is refused in production.

    Raises UndeclaredRouteError when a route declares no permission, ValueError for a test clock in production.
    """
    if clock is not None and settings.environment == "production":
        raise ValueError("a test clock is refused in production")
    app = FastAPI(
        title=service.title or f"Inzira {service.name}",
        description=service.description,
        version="1",
        lifespan=_lifespan(settings),
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    app.state.service, app.state.settings = service.name, settings
    app.state.clock = clock or SystemClock()
    for router in (*service.routers, operations_router(service)):
        app.include_router(router)
    _health(app)
    install_problem_handlers(app)
    app.add_exception_handler(Replayed, on_replayed)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]  # FastAPI's documented way to extend it
    if service.extend is not None:
        service.extend(app, settings)
    app.add_middleware(AccessMiddleware, api=app, verifier=lambda: app.state.verifier, service=service.name)
    app.state.verifier = TokenVerifier(settings.jwks_file, app.state.clock, audience=f"svc:{service.name}")
    return app


def _lifespan(settings: ServiceSettings) -> Any:  # noqa: ANN401 - Starlette's lifespan type is private
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        operation_table(app.openapi())
        engine = make_engine(settings.database_dsn.get_secret_value(), settings.database_pool)
        app.state.engine = engine
        app.state.alone = engine.execution_options(isolation_level="AUTOCOMMIT")  # statements without a transaction
        app.state.sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
        app.state.waker = Waker(settings.database_dsn.get_secret_value())
        app.state.waker.start()
        log().info("api.started", port=settings.port)
        try:
            yield
        finally:
            await app.state.waker.stop()
            await engine.dispose()

    return lifespan


def _document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document with the problem schema, bearer security and without framework defaults."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        openapi_version="3.1.0",
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    document["security"] = [{"token": []}]
    for operation in (item for path in document["paths"].values() for item in path.values()):
        if "x-permission" in operation and policy().is_public(operation["x-permission"]):
            operation["security"] = []
    app.openapi_schema = document
    return document


def _health(app: FastAPI) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", include_in_schema=False)
    async def ready() -> Response:
        try:
            async with asyncio.timeout(3), app.state.alone.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception as error:
            return JSONResponse({"status": "not ready", "cause": type(error).__name__}, 503)
        return JSONResponse({"status": "ready"})

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(exposition(), media_type="text/plain; version=0.0.4")
