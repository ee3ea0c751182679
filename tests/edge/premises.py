"""A gateway behind the edge, and administrators inside."""

from dataclasses import dataclass

from inzira_platform.testing.client import Api
from nginx import Edge
from partner_scene import Partner


@dataclass(frozen=True)
class Site:
    """`api` is the gateway from inside, `gateway` its address behind the edge; it believes 127.0.0.1 alone."""

    api: Api
    gateway: str
    edge: Edge

    def partner(self, client_id: str = "ngo-one") -> Partner:
        """A system to be registered; it signs by the gateway's clock."""
        return Partner(self.api, client_id)
