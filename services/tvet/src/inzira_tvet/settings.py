"""Settings of the service, read from TVET_… variables."""

from inzira_platform.settings import ServiceSettings
from pydantic_settings import SettingsConfigDict


class Settings(ServiceSettings):
    """Nothing beyond what every service needs: the rules are files, not settings."""

    model_config = SettingsConfigDict(env_prefix="TVET_")
