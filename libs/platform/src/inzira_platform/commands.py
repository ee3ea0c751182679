"""The commands every deployable answers to: api, worker, migrate, check-migrations, revisions, openapi."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from pydantic import SecretStr

from inzira_platform.app import build_app
from inzira_platform.clock import SystemClock
from inzira_platform.failpoints import refuse_in_production
from inzira_platform.garbage import settle
from inzira_platform.logging import configure_logging
from inzira_platform.migrate import drift, migrate, revisions
from inzira_platform.recovery import begin_anew
from inzira_platform.service import Service
from inzira_platform.serving import Server
from inzira_platform.settings import ServiceSettings
from inzira_platform.worker import run_worker

COMMANDS = ("api", "worker", "migrate", "check-migrations", "revisions", "openapi")


def run(service: Service, arguments: Sequence[str] | None = None) -> None:
    """Entry point of `python -m inzira_<service> <command>`; exits with 1 when a check finds something."""
    parser = argparse.ArgumentParser(prog=f"inzira-{service.name}")
    parser.add_argument("command", choices=COMMANDS)
    command = parser.parse_args(arguments).command
    if command == "openapi":
        print(openapi_text(service))
        return
    if command == "revisions":
        print(json.dumps(revisions(service.migrations) if service.migrations else []))
        return
    settings = service.settings()
    configure_logging(service.name, command, settings.log_format)
    refuse_in_production(settings.environment)
    match command:
        case "api":
            _serve(service, settings)
        case "worker":
            settle()
            uvloop.run(run_worker(service, settings))
        case "migrate":
            asyncio.run(_migrate(service, settings))
        case "check-migrations":
            _report(asyncio.run(_drift(service, settings)))


def openapi_text(service: Service) -> str:
    """The service's OpenAPI document as stable JSON; needs no database and no keys."""
    settings = service.settings.model_construct(
        environment="local",
        jwks_file=Path(os.devnull),
        database_dsn=SecretStr(""),
        port=0,
        database_pool=1,
    )
    return json.dumps(build_app(service, settings).openapi(), indent=1, sort_keys=True, ensure_ascii=False)


def _serve(service: Service, settings: ServiceSettings) -> None:
    app = build_app(service, settings)
    settle()
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        loop="uvloop",
        http="httptools",
        server_header=False,
        date_header=True,
        proxy_headers=False,  # who is behind a proxy is the gateway's to judge, by its own list
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=16_384,
    )
    Server(config).run()


async def _migrate(service: Service, settings: ServiceSettings) -> None:
    if service.migrations is None:
        raise SystemExit("this deployable has no database")
    await migrate(_migrator(settings), service.migrations)
    await begin_anew(service, settings.database_dsn.get_secret_value(), SystemClock())


async def _drift(service: Service, settings: ServiceSettings) -> list[Any]:
    if service.metadata is None:
        raise SystemExit("this deployable has no tables")
    return await drift(_migrator(settings), service.metadata)


def _migrator(settings: ServiceSettings) -> str:
    if settings.migrator_dsn is None:
        raise SystemExit("MIGRATOR_DSN is needed for migrations")
    return settings.migrator_dsn.get_secret_value()


def _report(found: list[Any]) -> None:
    for difference in found:
        print(difference, file=sys.stderr)
    raise SystemExit(1 if found else 0)
