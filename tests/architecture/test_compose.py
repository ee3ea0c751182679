"""docker-compose.yml against the table of processes and against what each service's settings want."""

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from inzira_cli import compose
from inzira_cli.processes import ACTIONS, DEPLOYABLES, Process, command, processes
from inzira_platform.settings import ServiceSettings

Service = dict[str, Any]
SECRETS = Path(str(compose.SECRETS))


@pytest.fixture(scope="module")
def document(root: Path) -> Service:
    loaded: Service = yaml.safe_load((root / "docker-compose.yml").read_text(encoding="utf-8"))
    return loaded


def settings_of(deployable: str) -> type[ServiceSettings]:
    found: type[ServiceSettings] = importlib.import_module(f"inzira_{deployable}.settings").Settings
    return found


def own_services(document: Service, deployable: str) -> dict[str, Service]:
    return {action: document["services"][f"{deployable}-{action}"] for action in (*ACTIONS, "migrate")}


def test_compose_file_is_what_the_table_gives(root: Path) -> None:
    assert (root / "docker-compose.yml").read_text(encoding="utf-8") == compose.text()


@pytest.mark.parametrize("process", list(processes()), ids=lambda process: process.name)
def test_process_runs_the_command_the_supervisor_runs(document: Service, process: Process) -> None:
    service = document["services"][process.name]
    assert service["command"] == ["python", *command(process.deployable, process.action)]
    assert service["user"] == compose.USER
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("deployable", DEPLOYABLES)
def test_every_given_setting_exists_and_every_required_one_is_given(document: Service, deployable: str) -> None:
    fields = settings_of(deployable).model_fields
    prefix = f"{deployable.upper()}_"
    for action, service in own_services(document, deployable).items():
        given = {name.removeprefix(prefix).lower() for name in service["environment"]} - {"secrets_dir"}
        assert all(name.startswith(prefix) for name in service["environment"])
        kept = {secret.removeprefix(prefix.lower()) for secret in service["secrets"] if "." not in secret}
        assert given | kept <= set(fields), action
        required = {name for name, field in fields.items() if field.is_required()}
        assert required <= given | kept, action
        assert ("migrator_dsn" in kept) == (action == "migrate")


@pytest.mark.parametrize("deployable", DEPLOYABLES)
def test_settings_accept_what_compose_gives(
    document: Service, deployable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for action, service in own_services(document, deployable).items():
        folder = tmp_path / action
        folder.mkdir()
        for secret in service["secrets"]:
            (folder / secret).write_text("postgresql://someone:secret@postgres:5432/x\n")
        for name, value in service["environment"].items():
            monkeypatch.setenv(name, value.replace(str(SECRETS), str(folder)))
        read = settings_of(deployable)()
        assert read.database_dsn.get_secret_value() == "postgresql://someone:secret@postgres:5432/x"
        assert read.environment == "production"
        assert read.test_data is False
        assert read.jwks_file.exists()


def test_keys_a_service_names_are_mounted_for_it(document: Service) -> None:
    for name, service in document["services"].items():
        for value in service.get("environment", {}).values():
            path = Path(value)
            if path.parent == SECRETS:
                assert path.name in service["secrets"], name


def test_every_service_is_bounded_and_every_server_is_watched(document: Service) -> None:
    for name, service in document["services"].items():
        assert service["deploy"]["resources"]["limits"].keys() == {"memory", "cpus"}, name
        once = name == "provision" or name.endswith("-migrate")
        assert ("restart" in service) is not once, name
        assert ("healthcheck" in service) is not (once or name.endswith("-worker")), name
        assert not service["image"].endswith(":latest"), name


def test_nothing_but_the_edge_is_reached_from_outside(document: Service) -> None:
    assert document["networks"]["inside"] == {"internal": True}
    published = [name for name, service in document["services"].items() if "ports" in service]
    reachable = [name for name, service in document["services"].items() if "outside" in service["networks"]]
    assert published == ["edge"]
    assert sorted(reachable) == ["edge", "gateway-api"]


def test_nothing_but_what_delivers_webhooks_reaches_out(document: Service) -> None:
    outgoing = [name for name, service in document["services"].items() if "partners" in service["networks"]]
    assert outgoing == ["gateway-worker"]


def test_what_a_service_waits_for_exists(document: Service) -> None:
    for service in document["services"].values():
        for awaited, condition in service.get("depends_on", {}).items():
            assert awaited in document["services"]
            checked = condition["condition"] == "service_healthy"
            assert checked == ("healthcheck" in document["services"][awaited])


def test_every_secret_is_declared_and_made_by_the_command(document: Service, tmp_path: Path) -> None:
    from inzira_cli.commands.secrets import secrets

    folder = tmp_path / "secrets"
    secrets(folder)
    made = {path.name for path in folder.iterdir()}
    used = {name for service in document["services"].values() for name in service.get("secrets", ())}
    assert used == document["secrets"].keys()
    assert used - made == {"tls.crt", "tls.key"}
    open_to_others = {path.name for path in folder.iterdir() if path.stat().st_mode & 0o077} - {"jwks.json"}
    assert open_to_others == set()
