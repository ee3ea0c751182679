"""The deployables under test, each on its own migrated database, and the principals who may call them."""

import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inzira_contracts.policy import policy
from inzira_curriculum.main import SERVICE as CURRICULUM
from inzira_gateway.main import SERVICE as GATEWAY
from inzira_gateway.main import share
from inzira_intake.main import SERVICE as INTAKE
from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.embedded import EmbeddedPostgres
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api, Keys, principal_of
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.testing.deliveries import Deliveries
from inzira_platform.testing.plugin import make_database, make_settings
from inzira_reintegration.main import SERVICE as REINTEGRATION
from inzira_tvet.main import SERVICE as TVET

SERVICES: Mapping[str, Service] = {
    service.name: service for service in (INTAKE, CURRICULUM, TVET, REINTEGRATION, GATEWAY)
}
BEHIND = ("intake", "curriculum", "tvet", "reintegration")
"""The services behind the gateway."""

PREFERRED = (
    "rcs_intake_officer", "rcs_psychosocial_officer", "tvet_instructor", "supervisor", "caseworker",
    "administrator", "data_protection_officer", "system", "me_officer",
)  # fmt: skip
"""Roles by how much they may do."""


@dataclass(frozen=True)
class Secrets:
    """Key files a deployable needs beside the public keys."""

    field_key: Path
    signing_key: Path

    @classmethod
    def made_in(cls, folder: Path, keys: Keys) -> "Secrets":
        """Write them."""
        field, signing = folder / "field.key", folder / "signing.json"
        field.write_text(base64.b64encode(bytes(range(32))).decode())
        signing.write_text(json.dumps(keys.key.as_dict(private=True)))
        return cls(field, signing)


@dataclass(frozen=True)
class Deployed:
    """A service on its database: its app in this process, and its consumer."""

    service: Service
    settings: ServiceSettings
    database: ServiceDatabase
    api: Api
    deliveries: Deliveries


@dataclass(frozen=True)
class Ground:
    """What every deployable of a test stands on."""

    postgres: EmbeddedPostgres
    keys: Keys
    clock: Clock
    secrets: Secrets

    def settings_of(self, service: Service, database: ServiceDatabase, **extra: Any) -> ServiceSettings:  # noqa: ANN401 - settings
        """Settings of any of them."""
        own: dict[str, Any] = {}
        if service.name == "intake":
            own["field_key_file"] = self.secrets.field_key
        if service.name == "gateway":
            own["signing_key_file"] = self.secrets.signing_key
            own["field_key_file"] = self.secrets.field_key
        return make_settings(service, database, self.keys, **own, **extra)

    @asynccontextmanager
    async def deployed(self, name: str, *, door: bool = True, **extra: Any) -> AsyncIterator[Deployed]:  # noqa: ANN401 - settings of any type
        """A service on a fresh database until the block ends; the gateway also without its door, like any service."""
        service = SERVICES[name] if door or name != "gateway" else replace(GATEWAY, extend=share)
        database = await make_database(service, self.postgres)
        settings = self.settings_of(service, database, **extra)
        async with (
            Api.running(service, settings, database, self.keys, self.clock) as api,
            Deliveries.running(service, settings, database, self.clock) as deliveries,
        ):
            yield Deployed(service, settings, database, api, deliveries)
        await database.drop()


def may_be_called(permission: str) -> bool:
    """Whether a role of these tests carries it; what partners alone may do is tested beside them."""
    return policy().is_public(permission) or bool(policy().roles_for(permission) & set(PREFERRED))


def caller_for(permission: str) -> Principal:
    """A principal of Huye whose role may do this, the role that may do most of all."""
    allowed = policy().roles_for(permission)
    role = next((name for name in PREFERRED if name in allowed), "administrator")
    kind = policy().scope_of(role)
    reach: dict[str, str] = {"facility": "HUY"} if kind == "facility" else {}
    return principal_of(role, **reach)
