"""What the gateway is told from outside. Environment prefix GATEWAY_."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from inzira_platform.settings import ServiceSettings
from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict


class Settings(ServiceSettings):
    """Settings of the gateway; `.env.example` shows each."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", extra="ignore", frozen=True)

    port: int = Field(8800, ge=1, le=65535, description="port to listen on")
    signing_key_file: Path = Field(description="private signing key (JWK, readable by its owner only)")
    upstream_intake: str = Field("http://127.0.0.1:8811", description="where the intake service answers")
    upstream_curriculum: str = Field("http://127.0.0.1:8812", description="where the curriculum service answers")
    upstream_tvet: str = Field("http://127.0.0.1:8813", description="where the tvet service answers")
    upstream_reintegration: str = Field("http://127.0.0.1:8814", description="where the reintegration service answers")
    trusted_proxies: list[str] = Field(
        default_factory=list,
        description="addresses of the edge, believed in X-Forwarded-For and Client-Cert (JSON list); empty: nobody is",
    )
    issuer: str = Field(
        "rw-gateway",
        min_length=1,
        max_length=200,
        description="what a partner's assertion must name as its audience; one of its own for each installation",
    )
    rate_factor: float = Field(
        1.0, gt=0, le=1000, description="multiplies every rate limit; above 1 for load tests and imports"
    )
    connections_per_service: int = Field(64, ge=1, le=1000, description="calls at once to one service")
    field_key_file: Path = Field(
        description="32-byte keys of private webhook keys in base64, one a line, oldest first; the last one encrypts"
    )
    webhook_ports: list[Annotated[int, Field(ge=1, le=65535)]] = Field(
        default_factory=lambda: [443], min_length=1, max_length=20, description="ports webhooks may go to (JSON list)"
    )
    webhook_ca_file: Path | None = Field(
        None, description="authorities receivers of webhooks are checked against (PEM); empty: those of the machine"
    )
    webhook_loopback: bool = Field(
        False, description="let webhooks go to this machine, also by http://127.0.0.1; refused in production"
    )

    @model_validator(mode="after")
    def _nothing_inside_in_production(self) -> Self:
        if self.webhook_loopback and self.environment == "production":
            raise ValueError("webhook_loopback is refused in production")
        return self

    @property
    def upstreams(self) -> Mapping[str, str]:
        """Base address by service."""
        return {
            "intake": self.upstream_intake.rstrip("/"),
            "curriculum": self.upstream_curriculum.rstrip("/"),
            "tvet": self.upstream_tvet.rstrip("/"),
            "reintegration": self.upstream_reintegration.rstrip("/"),
        }
