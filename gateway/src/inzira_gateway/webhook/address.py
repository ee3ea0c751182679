"""Where a webhook may go: an allow-list for the address's text, and one for what its name resolves to. Pure.

Against requests forged through us (security.md 8, API7): nothing of our own network, of the machine or of a
special-purpose range is ever connected to, whatever a name resolves to at that moment.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from inzira_platform.errors import DomainError, Kind

MAX_URL = 500
LOOPBACK = "127.0.0.1"
_SAFE = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
_URL = re.compile(
    rf"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]{{1,253}})(?::(?P<port>[1-9][0-9]{{0,4}}))?"
    rf"(?P<path>/{_SAFE})?(?P<query>\?(?:{_SAFE}|\?)*)?"
)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")

CLOSED_4 = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
"""The IPv4 special-purpose registry of IANA (RFC 6890 and its updates), multicast and what is reserved."""

OPEN_6 = ip_network("2000::/3")
"""Global unicast. Outside it: loopback, mapped and compatible IPv4, NAT64, unique local, link-local, multicast."""

CLOSED_6 = tuple(
    ip_network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
"""Inside it and still closed: Teredo and other protocol assignments, documentation, 6to4, AS112."""


class UrlNotAllowedError(DomainError):
    kind = Kind.INVALID
    code = "webhook-url"
    message = (
        "Give an https address with a full host name, on a port that is open to webhooks, without user name, "
        "fragment or IP address."
    )


class AddressNotAllowedError(DomainError):
    """The same words whether the name is unknown or leads inside: this is no way to ask about our network."""

    kind = Kind.INVALID
    code = "webhook-address"
    message = "The host name does not resolve to public addresses alone."


@dataclass(frozen=True, slots=True)
class Reach:
    """What an installation lets webhooks reach. `loopback` is for tests and demonstrations on one machine."""

    ports: frozenset[int]
    loopback: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """An address in parts, as it was checked; `path` has the query with it."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        usual = {"https": 443, "http": 80}[self.scheme]
        return f"{self.scheme}://{self.host}{'' if self.port == usual else f':{self.port}'}{self.path}"


def parse_target(text: str, reach: Reach) -> Target:
    """The parts of an address that may be woken. Raises UrlNotAllowedError.

    One allow-list for the whole text: user names, fragments, backslashes, spaces, control characters and anything
    beyond ASCII have no place in it, so no two readers can disagree about which host is meant.
    """
    found = _URL.fullmatch(text) if len(text) <= MAX_URL else None
    if found is None:
        raise UrlNotAllowedError(field="url")
    scheme, host = found["scheme"], found["host"].lower()
    port = int(found["port"] or (443 if scheme == "https" else 80))
    target = Target(scheme, host, port, (found["path"] or "/") + (found["query"] or ""))
    if not (_is_local(target, reach) or _is_outside(target, reach)):
        raise UrlNotAllowedError(field="url")
    return target


def _is_local(target: Target, reach: Reach) -> bool:
    return reach.loopback and target.scheme == "http" and target.host == LOOPBACK and target.port <= 65535


def _is_outside(target: Target, reach: Reach) -> bool:
    named = len(target.host) <= 253 and _NAME.fullmatch(target.host) is not None
    return target.scheme == "https" and named and target.port in reach.ports


def check_addresses(addresses: Collection[str], reach: Reach) -> None:
    """Raises AddressNotAllowedError unless there is an address, and every one of them may be connected to."""
    if not addresses or not all(may_connect(address, reach) for address in addresses):
        raise AddressNotAllowedError(field="url")


def may_connect(address: str, reach: Reach) -> bool:
    """Whether a resolved address is public; the machine itself only where the installation says so."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if reach.loopback and parsed == IPv4Address(LOOPBACK):
        return True
    if isinstance(parsed, IPv6Address):
        return parsed in OPEN_6 and not _inside(parsed, CLOSED_6)
    return not _inside(parsed, CLOSED_4)


def _inside(address: IPv4Address | IPv6Address, networks: Iterable[object]) -> bool:
    return any(address in network for network in networks)  # type: ignore[operator]  # one family each
