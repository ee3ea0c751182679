"""The edge as it is deployed: a real nginx with the very file of `deploy/nginx`, in front of a real gateway."""

import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from inzira_platform.app import build_app
from inzira_platform.clock import FixedClock
from inzira_platform.embedded import EmbeddedPostgres
from inzira_platform.testing.client import Api, Keys
from inzira_platform.testing.plugin import make_database

# importlib mode leaves these rooms, and the scenes of the deployables' own tests, out of reach of the tests
sys.path.extend(str(folder) for folder in (Path(__file__).parent, Path(__file__).parents[1] / "security"))
sys.path.extend(str(folder) for folder in Path(__file__).parents[2].glob("services/*/tests"))
sys.path.append(str(Path(__file__).parents[2] / "gateway" / "tests"))

from echo import echo
from fleet import GATEWAY, Ground, Secrets, share
from listening import listening
from nginx import Edge, edge_before
from papers import Paper, Papers
from premises import Site


@pytest.fixture(scope="session")
def nginx() -> str:
    """Where nginx is. Without it these tests are left out, or fail where INZIRA_REQUIRE_NGINX says so."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        assert not os.environ.get("INZIRA_REQUIRE_NGINX"), "nginx is required here and is not installed"
        pytest.skip("nginx is not installed (Debian: nginx-light); the edge is not tried")
    return found


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """Certificates made for this run."""
    return Papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture
def echoing(nginx: str, papers: Papers) -> Iterator[Edge]:
    """The edge in front of something that says what it was sent."""
    with listening(echo) as behind, edge_before(nginx, behind.port, papers) as edge:
        yield edge


@pytest.fixture
async def site(
    nginx: str, papers: Papers, postgres: EmbeddedPostgres, keys: Keys, clock: FixedClock,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Site]:  # fmt: skip
    """The edge before a real gateway."""
    ground = Ground(postgres, keys, clock, Secrets.made_in(tmp_path_factory.mktemp("secrets"), keys))
    database = await make_database(GATEWAY, postgres)
    settings = ground.settings_of(GATEWAY, database, trusted_proxies=["127.0.0.1"])
    inside = replace(GATEWAY, extend=share)
    with (
        listening(build_app(GATEWAY, settings, clock)) as gateway,
        edge_before(nginx, gateway.port, papers) as edge,
    ):
        async with Api.running(inside, settings, database, keys, clock) as api:
            yield Site(api, gateway.url, edge)
    await database.drop()


@pytest.fixture
def shown(papers: Papers) -> Paper:
    """The certificate a partner shows."""
    return papers.made("ngo-one")
