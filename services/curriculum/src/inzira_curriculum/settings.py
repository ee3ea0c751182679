"""Settings of the curriculum service, read from `CURRICULUM_…` variables."""

from inzira_platform.settings import ServiceSettings
from pydantic import Field
from pydantic_settings import SettingsConfigDict


class Settings(ServiceSettings):
    """Nothing beyond what every service has: rules are templates, not settings."""

    model_config = SettingsConfigDict(env_prefix="CURRICULUM_", extra="ignore")

    port: int = Field(8812, ge=1, le=65535, description="port to listen on")
