"""The one table of what runs: which commands, with which environment, on which port.

The local supervisor and docker-compose.yml are both written from it, so `make up` and a site
run the same commands with the same settings.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

SERVICES: Final = ("intake", "curriculum", "tvet", "reintegration")
GATEWAY: Final = "gateway"
DEPLOYABLES: Final = (*SERVICES, GATEWAY)
ACTIONS: Final = ("api", "worker")
PORT_OFFSETS: Final = {"gateway": 0, "intake": 11, "curriculum": 12, "tvet": 13, "reintegration": 14}
POSTGRES_OFFSET: Final = 32
BROKER_OFFSET: Final = 92
CONTROLLER_OFFSET: Final = 93
OFFSETS: Final = (*PORT_OFFSETS.values(), POSTGRES_OFFSET, BROKER_OFFSET, CONTROLLER_OFFSET)
"""Of every port of a stack, from its base on."""
DEFAULT_BASE_PORT: Final = 8800


@dataclass(frozen=True, slots=True)
class Process:
    """One long-running process: a deployable and the action it was started with."""

    deployable: str
    action: str

    @property
    def name(self) -> str:
        """Name in the supervisor, the compose file and the logs."""
        return f"{self.deployable}-{self.action}"


@dataclass(frozen=True, slots=True)
class Site:
    """What differs between the places the same processes run."""

    environment: str
    log_format: str
    test_data: bool
    kafka_bootstrap: str
    kafka_idempotence: bool
    kafka_fetch_wait_ms: int
    kafka_session_ms: int
    listen_on: str
    secrets: PurePath
    port: Callable[[str], int]
    host: Callable[[str], str]


def processes() -> Iterator[Process]:
    """Every long-running process, in the order they are listed to the operator."""
    for deployable in DEPLOYABLES:
        for action in ACTIONS:
            yield Process(deployable, action)


def command(deployable: str, action: str) -> list[str]:
    """Arguments after the Python executable."""
    return ["-m", f"inzira_{deployable}", action]


def settings(deployable: str, site: Site) -> dict[str, str]:
    """Environment of one deployable, without its database passwords."""
    values = {
        "ENVIRONMENT": site.environment,
        "LOG_FORMAT": site.log_format,
        "TEST_DATA": _flag(site.test_data),
        "KAFKA_BOOTSTRAP": site.kafka_bootstrap,
        "KAFKA_IDEMPOTENCE": _flag(site.kafka_idempotence),
        "KAFKA_FETCH_WAIT_MS": str(site.kafka_fetch_wait_ms),
        "KAFKA_SESSION_MS": str(site.kafka_session_ms),
        "JWKS_FILE": str(site.secrets / "jwks.json"),
        "HOST": site.listen_on,
        "PORT": str(site.port(deployable)),
        **_own_settings(deployable, site),
    }
    return {f"{deployable.upper()}_{name}": value for name, value in values.items()}


def _own_settings(deployable: str, site: Site) -> dict[str, str]:
    if deployable == "intake":
        return {"FIELD_KEY_FILE": str(site.secrets / "intake_field.key")}
    if deployable == GATEWAY:
        upstreams = {f"UPSTREAM_{name.upper()}": f"http://{site.host(name)}:{site.port(name)}" for name in SERVICES}
        keys = {
            "SIGNING_KEY_FILE": str(site.secrets / "gateway_key.json"),
            "FIELD_KEY_FILE": str(site.secrets / "gateway_field.key"),
        }
        return {**keys, "WEBHOOK_LOOPBACK": _flag(site.environment == "local"), **upstreams}
    return {}


def dsn(deployable: str, role: str, password: str, server: str) -> str:
    """PostgreSQL address of one login; ``role`` is app or migrator, ``server`` host:port."""
    return f"postgresql://{deployable}_{role}:{password}@{server}/{deployable}"


def dsn_setting(deployable: str, role: str) -> str:
    """Name of the setting that holds the address of that login."""
    return f"{deployable.upper()}_{'DATABASE' if role == 'app' else 'MIGRATOR'}_DSN"


def local_port(base: int) -> Callable[[str], int]:
    """Ports of the deployables on one machine, from the gateway's port on."""
    return lambda deployable: base + PORT_OFFSETS[deployable]


def _flag(value: bool) -> str:
    return "true" if value else "false"
