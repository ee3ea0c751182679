"""Settings of the service, read from REINTEGRATION_… variables."""

from pathlib import Path

from inzira_platform.settings import ServiceSettings
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class RuleFiles(BaseSettings):
    """Rule data a site replaces by its own."""

    model_config = SettingsConfigDict(env_prefix="REINTEGRATION_", env_ignore_empty=True, extra="ignore", frozen=True)

    assignment_file: Path | None = Field(None, description="duty queues per district; empty = the shipped ones")


class Settings(ServiceSettings, RuleFiles):
    """What every service needs, and the rule data of the site."""

    model_config = SettingsConfigDict(env_prefix="REINTEGRATION_")
