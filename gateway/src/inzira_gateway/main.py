"""What the gateway is made of, and nothing else."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from inzira_platform.app import build_app
from inzira_platform.auth import Principal, TokenVerifier
from inzira_platform.clock import Clock
from inzira_platform.service import Scanner, Service
from inzira_platform.settings import ServiceSettings
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import ASGIApp

from inzira_gateway.account.hashing import Passwords
from inzira_gateway.account.routes import router as account
from inzira_gateway.apidocs.routes import router as apidocs
from inzira_gateway.bells import REBUILD, WEBHOOKS
from inzira_gateway.clients.intake import IntakeClient
from inzira_gateway.clients.upstream import Upstreams
from inzira_gateway.consumers import HANDLERS, TOPICS
from inzira_gateway.directory.routes import router as directory
from inzira_gateway.edge.callers import Callers
from inzira_gateway.edge.door import Door, Parts
from inzira_gateway.edge.limiter import Limiter, Policy
from inzira_gateway.edge.patience import Patience
from inzira_gateway.edge.routing import Routing
from inzira_gateway.edge.standing import Standings
from inzira_gateway.edge.turns import Turns
from inzira_gateway.feed import service as feeds
from inzira_gateway.feed.routes import router as feed
from inzira_gateway.freshness.watch import watch
from inzira_gateway.grant.catalogue import load_catalogue
from inzira_gateway.grant.routes import router as grant
from inzira_gateway.journey.routes import router as journey
from inzira_gateway.ledger.routes import router as ledger
from inzira_gateway.models import Base
from inzira_gateway.partner.refusals import Refusals
from inzira_gateway.partner.routes import router as partner
from inzira_gateway.partner.tokens import forget_assertions
from inzira_gateway.rebuild.routes import router as rebuild
from inzira_gateway.rebuild.work import work
from inzira_gateway.registry.files import check_own, load_routes
from inzira_gateway.session.routes import router as session
from inzira_gateway.session.service import end_all_sessions, forget_old_sessions
from inzira_gateway.settings import Settings
from inzira_gateway.sharing.routes import router as sharing
from inzira_gateway.statistics import service as figures
from inzira_gateway.statistics.catalogue import load_cubes
from inzira_gateway.statistics.routes import router as statistics
from inzira_gateway.token.domain import ACCESS_AUDIENCE, ACCESS_TYP
from inzira_gateway.token.keys import Issuer, load_signing_key
from inzira_gateway.transactions import Transactions
from inzira_gateway.webhook.routes import router as webhook
from inzira_gateway.webhook.transport import SystemResolver
from inzira_gateway.webhook.vault import KeyVault
from inzira_gateway.webhook.work import forget as forget_webhooks
from inzira_gateway.webhook.work import reach_of
from inzira_gateway.webhook.work import work as deliver_webhooks

RATES: Mapping[str, tuple[int, int]] = {
    "login": (30, 60), "read": (3000, 60), "write": (1500, 60), "bulk": (60, 60), "partner": (600, 60),
}  # fmt: skip
"""Units of cost and seconds by class of route, for each account (or address, where nobody signed in)."""


def open_resources(app: FastAPI, settings: Settings) -> None:
    """What the routes share, made when the app starts; needs the key file and the database."""
    issuer = Issuer(load_signing_key(settings.signing_key_file))
    upstreams = Upstreams(settings.upstreams, settings.connections_per_service)
    clock: Clock = app.state.clock

    def token_for_intake(principal: Principal) -> str:
        return issuer.internal(principal, "intake", clock.now())

    app.state.issuer, app.state.upstreams = issuer, upstreams
    app.state.passwords = Passwords()
    app.state.catalogue = load_catalogue()
    app.state.cubes = load_cubes()
    app.state.intake = IntakeClient(upstreams["intake"], token_for_intake)
    app.state.refusals = Refusals(Transactions(app.state.sessions), clock)
    app.state.on_refused = app.state.refusals.on_refused
    app.state.webhook_vault = KeyVault.from_file(settings.field_key_file)
    app.state.webhook_reach, app.state.webhook_resolver = reach_of(settings), SystemResolver()


def make_parts(app: FastAPI, settings: Settings) -> Parts:
    """What the door works with."""
    verifier = TokenVerifier(settings.jwks_file, app.state.clock, audience=ACCESS_AUDIENCE, typ=ACCESS_TYP)
    standings = Standings(Transactions(app.state.sessions))
    policies = {
        name: Policy(name, max(1, round(limit * settings.rate_factor)), window)
        for name, (limit, window) in RATES.items()
    }
    return Parts(
        routing=Routing(load_routes()),
        callers=Callers(verifier, standings, settings.trusted_proxies),
        limiter=Limiter(policies),
        upstreams=app.state.upstreams,
        issuer=app.state.issuer,
        clock=app.state.clock,
        refusals=app.state.refusals,
        turns=Turns(),
        patience=Patience(),
    )


def share(app: FastAPI, settings: ServiceSettings) -> None:
    """Open the shared resources with the app's own lifespan, and close them with it."""
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[Any]:
        assert isinstance(settings, Settings)  # noqa: S101 - the gateway is started with its own settings
        async with inner(running) as state:
            open_resources(running, settings)
            try:
                yield state
            finally:
                await running.state.upstreams.close()

    app.router.lifespan_context = lifespan


def guard(app: FastAPI, settings: ServiceSettings) -> None:
    """Put the door before the app: before everything else the platform lays around it."""
    share(app, settings)
    inner, stack = app.router.lifespan_context, app.build_middleware_stack

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[Any]:
        assert isinstance(settings, Settings)  # noqa: S101 - the gateway is started with its own settings
        check_own(load_routes(), running.openapi())
        async with inner(running) as state:
            running.state.door = make_parts(running, settings)
            yield state

    def with_door() -> ASGIApp:
        return Door(stack(), lambda: app.state.door)

    app.router.lifespan_context = lifespan
    app.build_middleware_stack = with_door  # type: ignore[method-assign]  # outermost is where a door belongs


async def _forget(session: AsyncSession, clock: Clock) -> int:
    return await forget_old_sessions(session, clock.now())


async def _begin_anew(session: AsyncSession, clock: Clock) -> None:
    """After a restored backup: everybody signs in again, and partners list their persons anew."""
    await end_all_sessions(session, "restored", clock.now())
    await feeds.begin_anew(session)


async def _note_departures(session: AsyncSession, clock: Clock) -> int:
    return await feeds.note_departures(session, load_catalogue(), clock)


SERVICE = Service(
    name="gateway",
    title="Inzira gateway",
    description="Accounts, tokens, the journey of each person, and the one door to every service.",
    settings=Settings,
    routers=[
        session,
        account,
        directory,
        journey,
        ledger,
        rebuild,
        partner,
        grant,
        sharing,
        feed,
        webhook,
        statistics,
        apidocs,
    ],
    handlers=HANDLERS,
    topics=TOPICS,
    scanners=[
        Scanner("forget-sessions", 3600.0, _forget),
        Scanner("forget-assertions", 300.0, forget_assertions),
        Scanner("feed-departures", 15.0, _note_departures),
        Scanner("feed-prune", 3600.0, feeds.prune),
        Scanner("webhook-prune", 3600.0, forget_webhooks),
        Scanner("statistics-release", 60.0, figures.release_when_due),
    ],
    metadata=Base.metadata,
    migrations=Path(__file__).parents[2] / "migrations",
    extend=guard,
    background=[watch, work, deliver_webhooks],
    background_bells=[REBUILD, WEBHOOKS],
    begin_anew=_begin_anew,
    linger_ms=0,
)


def create_app(settings: Settings, clock: Clock | None = None) -> FastAPI:
    """The gateway's app, door included."""
    return build_app(SERVICE, settings, clock)
