"""Settings of the intake service, read from INTAKE_* in the environment."""

from pathlib import Path

from inzira_platform.settings import ServiceSettings
from pydantic import Field
from pydantic_settings import SettingsConfigDict


class Settings(ServiceSettings):
    """What the shared settings do not cover."""

    model_config = SettingsConfigDict(env_prefix="INTAKE_", extra="ignore", frozen=True)

    port: int = Field(8811, ge=1, le=65535, description="port to listen on")
    field_key_file: Path = Field(
        description="32-byte keys of identifiers in base64, one a line, oldest first; the last one encrypts"
    )
