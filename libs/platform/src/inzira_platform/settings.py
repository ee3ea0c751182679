"""Settings every service shares. Secrets have no default and may come from files (`<PREFIX>SECRETS_DIR`)."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Subclass per service with its own `env_prefix`; nothing is read at import time."""

    model_config = SettingsConfigDict(extra="ignore", secrets_dir=None, frozen=True)

    environment: Literal["local", "production"] = Field("production", description="local or production")
    database_dsn: SecretStr = Field(description="PostgreSQL DSN of the app role (postgresql://…)")
    migrator_dsn: SecretStr | None = Field(None, description="PostgreSQL DSN of the migrator role; `migrate` only")
    database_pool: int = Field(8, ge=1, le=100, description="connections a process may hold")
    kafka_bootstrap: str = Field("127.0.0.1:9092", description="host:port list of the brokers")
    kafka_idempotence: bool = Field(True, description="idempotent producer; off only for the embedded broker")
    kafka_fetch_wait_ms: int = Field(500, ge=5, le=5000, description="longest a fetch waits at the broker, ms")
    kafka_session_ms: int = Field(
        30_000, ge=6000, le=300_000, description="a consumer silent this long is replaced, ms"
    )
    jwks_file: Path = Field(description="public keys of the gateway (JWK set)")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=1, le=65535, description="port to listen on")
    log_format: Literal["json", "console"] = Field("json", description="json in production")
    test_data: bool = Field(False, description="accept invented identities (national ids that start with 9)")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- pydantic gives it; no .env file is read
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first, then one file per setting in the folder `<PREFIX>SECRETS_DIR` names."""
        folder = os.environ.get(f"{settings_cls.model_config.get('env_prefix', '')}SECRETS_DIR")
        files = SecretsSettingsSource(settings_cls, secrets_dir=folder) if folder else file_secret_settings
        return init_settings, env_settings, files

    @property
    def sqlalchemy_dsn(self) -> str:
        """The app DSN in the form SQLAlchemy wants."""
        return as_sqlalchemy(self.database_dsn.get_secret_value())


def as_sqlalchemy(dsn: str) -> str:
    """`postgresql://…` as `postgresql+asyncpg://…`."""
    return dsn.replace("postgresql://", "postgresql+asyncpg://", 1)
