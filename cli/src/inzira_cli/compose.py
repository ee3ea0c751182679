"""docker-compose.yml, written from the same table of processes the local supervisor is written from."""

import json
from pathlib import PurePath
from typing import Any, Final

import yaml

from inzira_cli.processes import ACTIONS, DEPLOYABLES, GATEWAY, Site, command, dsn_setting, settings

Document = dict[str, Any]

HEADER: Final = """\
# One site: Apache Kafka (KRaft), PostgreSQL, a migration, an api and a worker of each deployable, nginx in front.
# Generated from cli/src/inzira_cli/processes.py by `make openapi`; deploy/README.md tells how to run it.
"""
SECRETS: Final = PurePath("/run/secrets")
PORT: Final = 8000
USER: Final = "10001:10001"
KAFKA_IMAGE: Final = "apache/kafka:4.3.1"
POSTGRES_IMAGE: Final = "postgres:18.1"
NGINX_IMAGE: Final = "nginxinc/nginx-unprivileged:1.29.3-alpine"
EDGE_ADDRESS: Final = "172.31.88.2"
EDGE_NETWORK: Final = "172.31.88.0/24"
CLUSTER_ID: Final = "5L6g3nShT-eMCtK--X86sw"

SITE: Final = Site(
    environment="production",
    log_format="json",
    test_data=False,
    kafka_bootstrap="kafka:9092",
    kafka_idempotence=True,
    kafka_fetch_wait_ms=500,
    kafka_session_ms=30_000,
    listen_on="0.0.0.0",  # noqa: S104 -- inside a container's own network
    secrets=SECRETS,
    port=lambda _: PORT,
    host=lambda deployable: f"{deployable}-api",
)


def document() -> Document:
    """The compose file as data."""
    services = {"kafka": _kafka(), "postgres": _postgres(), "provision": _provision()}
    for deployable in DEPLOYABLES:
        services[f"{deployable}-migrate"] = _migrate(deployable)
        for action in ACTIONS:
            services[f"{deployable}-{action}"] = _process(deployable, action)
    services["edge"] = _edge()
    used = sorted({name for service in services.values() for name in service.get("secrets", ())})
    return {
        "name": "inzira",
        "services": services,
        "networks": {
            "inside": {"internal": True},
            "outside": {"ipam": {"config": [{"subnet": EDGE_NETWORK}]}},
            "partners": {},
        },
        "volumes": {"kafka": {}, "postgres": {}},
        "secrets": {name: {"file": f"${{INZIRA_SECRETS:-./deploy/secrets}}/{name}"} for name in used},
    }


def text() -> str:
    """The compose file as committed."""
    return HEADER + yaml.safe_dump(document(), sort_keys=False, width=120)


def secret_of(setting: str) -> str:
    """Name of the secret file that holds a setting: its name in lower case."""
    return setting.lower()


def _limits(memory: str, cpus: str) -> Document:
    return {"resources": {"limits": {"memory": memory, "cpus": cpus}}}


def _steady(memory: str, cpus: str) -> Document:
    return {
        "restart": "unless-stopped",
        "deploy": _limits(memory, cpus),
        "logging": {"driver": "json-file", "options": {"max-size": "20m", "max-file": "3"}},
    }


def _hardened() -> Document:
    return {
        "user": USER,
        "read_only": True,
        "tmpfs": ["/tmp"],  # noqa: S108 -- a container's own
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "networks": ["inside"],
    }


def _image(folder: str, name: str) -> Document:
    return {"image": f"inzira/{name}:${{INZIRA_VERSION:-dev}}", "build": _build(folder)}


def _build(folder: str) -> Document:
    return {"context": ".", "dockerfile": f"{folder}/Dockerfile"}


def _folder(deployable: str) -> str:
    return GATEWAY if deployable == GATEWAY else f"services/{deployable}"


def _kafka() -> Document:
    # the image's entrypoint writes its configuration, so its root stays writable
    environment = {
        "CLUSTER_ID": CLUSTER_ID,
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@kafka:9093",
        "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": "PLAINTEXT://kafka:9092",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "KAFKA_INTER_BROKER_LISTENER_NAME": "PLAINTEXT",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR": "1",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_LOG_DIRS": "/var/lib/kafka/data",
        "KAFKA_HEAP_OPTS": "-Xms512m -Xmx512m",
    }
    return {
        "image": KAFKA_IMAGE,
        "environment": environment,
        "volumes": ["kafka:/var/lib/kafka/data"],
        "networks": ["inside"],
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "healthcheck": _check(["CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9092"], start="40s"),
        "stop_grace_period": "60s",
        **_steady("1g", "2"),
    }


def _postgres() -> Document:
    # its entrypoint hands the volume to the user `postgres` and becomes that user
    parameters = {
        "shared_buffers": "256MB",
        "max_connections": "200",
        "idle_in_transaction_session_timeout": "30s",
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_error_verbosity": "terse",
    }
    options = [word for name, value in parameters.items() for word in ("-c", f"{name}={value}")]
    return {
        "image": POSTGRES_IMAGE,
        "command": ["postgres", *options],
        "environment": {"POSTGRES_PASSWORD_FILE": "/run/secrets/postgres.password"},
        "secrets": ["postgres.password"],
        "volumes": ["postgres:/var/lib/postgresql"],
        "read_only": True,
        "tmpfs": ["/tmp", "/var/run/postgresql"],  # noqa: S108 -- a container's own
        "shm_size": "256m",
        "networks": ["inside"],
        "cap_drop": ["ALL"],
        "cap_add": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"],
        "security_opt": ["no-new-privileges:true"],
        "healthcheck": _check(["CMD", "pg_isready", "-U", "postgres"], start="30s"),
        "stop_grace_period": "60s",
        **_steady("1g", "2"),
    }


def _provision() -> Document:
    passwords = [f"{deployable}_{role}.password" for deployable in DEPLOYABLES for role in ("app", "migrator")]
    return {
        **_image("cli", "cli"),
        "command": ["python", "-m", "inzira_cli", "provision", "--secrets", str(SECRETS)],
        "environment": {"INZIRA_POSTGRES_DSN_FILE": f"{SECRETS}/postgres_admin_dsn"},
        "secrets": ["postgres_admin_dsn", *passwords],
        "depends_on": {"postgres": {"condition": "service_healthy"}},
        **_hardened(),
        "deploy": _limits("256m", "1"),
    }


def _migrate(deployable: str) -> Document:
    return {
        **_own(deployable, "migrate", ("app", "migrator")),
        "depends_on": {"provision": {"condition": "service_completed_successfully"}},
        "deploy": _limits("256m", "1"),
    }


def _process(deployable: str, action: str) -> Document:
    waits = {
        f"{deployable}-migrate": {"condition": "service_completed_successfully"},
        "kafka": {"condition": "service_healthy"},
    }
    own = {**_own(deployable, action, ("app",)), "depends_on": waits, "stop_grace_period": "20s"}
    if action == "api":
        own["healthcheck"] = _check(["CMD", "python", "-c", _PROBE], start="20s")
    if (deployable, action) == (GATEWAY, "api"):
        own["networks"] = ["inside", "outside"]
        # the gateway believes the peer's address from the edge alone
        own["environment"]["GATEWAY_TRUSTED_PROXIES"] = json.dumps([EDGE_ADDRESS])
    if (deployable, action) == (GATEWAY, "worker"):
        own["networks"] = ["inside", "partners"]  # the one way out, for webhooks
    return {**own, **_steady("384m", "1")}


_PROBE: Final = f"import urllib.request as u; u.urlopen('http://127.0.0.1:{PORT}/readyz', timeout=4)"


def _own(deployable: str, action: str, roles: tuple[str, ...]) -> Document:
    keys = {"intake": ["intake_field.key"], GATEWAY: ["gateway_key.json", "gateway_field.key"]}.get(deployable, [])
    addresses = [secret_of(dsn_setting(deployable, role)) for role in roles]
    return {
        **_image(_folder(deployable), deployable),
        "command": ["python", *command(deployable, action)],
        "environment": {**settings(deployable, SITE), f"{deployable.upper()}_SECRETS_DIR": str(SECRETS)},
        "secrets": [*addresses, "jwks.json", *keys],
        **_hardened(),
    }


def _edge() -> Document:
    return {
        "image": NGINX_IMAGE,
        "volumes": ["./deploy/nginx/nginx.conf:/etc/nginx/nginx.conf:ro"],
        "secrets": ["tls.crt", "tls.key"],
        "ports": ["${INZIRA_HTTPS_PORT:-443}:8443"],
        "depends_on": {"gateway-api": {"condition": "service_healthy"}},
        "healthcheck": _check(["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8081/edge"], start="10s"),
        **_hardened(),
        "networks": {"outside": {"ipv4_address": EDGE_ADDRESS}},
        **_steady("128m", "1"),
    }


def _check(test: list[str], *, start: str) -> Document:
    return {"test": test, "interval": "10s", "timeout": "5s", "retries": 6, "start_period": start}
