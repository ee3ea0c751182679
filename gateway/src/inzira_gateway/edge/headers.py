"""Which headers travel, and which stop here. Pure."""

import re
from collections.abc import Iterable

Header = tuple[bytes, bytes]

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
REBUILT = frozenset(
    {
        b"host",
        b"authorization",
        b"content-length",
        b"forwarded",
        b"x-request-id",
        b"traceparent",
        b"tracestate",
        b"cookie",
        b"x-real-ip",
        b"x-purpose",
        b"expect",
    }
)
"""Set by the gateway itself or not wanted upstream, so what a client sent is never passed on as it is."""
SPOOFABLE = (b"client-cert", b"x-forwarded-", b"x-principal", b"x-internal", b"x-scope", b"x-service", b"x-gateway")
ANSWER_DROPPED = HOP_BY_HOP | {b"server", b"date", b"set-cookie", b"x-powered-by"}
MAX_HEADER_BYTES = 16_384

_REQUEST_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TRACEPARENT = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def first(headers: Iterable[Header], name: bytes) -> bytes | None:
    return next((value for key, value in headers if key == name), None)


def forwarded(headers: Iterable[Header]) -> list[Header]:
    """The client's headers that go on to a service.

    Dropped: hop-by-hop ones and whatever `Connection` names, those that claim an identity, and names with
    an underscore, which some servers read as a hyphen (ASVS 4.1.3).
    """
    kept = list(headers)
    named = {word.strip().lower() for key, value in kept if key == b"connection" for word in value.split(b",")}
    barred = HOP_BY_HOP | REBUILT | named
    return [
        (key, value) for key, value in kept if key not in barred and b"_" not in key and not key.startswith(SPOOFABLE)
    ]


def answered(headers: Iterable[Header]) -> list[Header]:
    """The headers of a service's answer that go back to the client."""
    return [(key.lower(), value) for key, value in headers if key.lower() not in ANSWER_DROPPED]


def total_bytes(headers: Iterable[Header]) -> int:
    return sum(len(key) + len(value) + 4 for key, value in headers)


def request_id(given: bytes | None) -> str | None:
    """The client's request id when it is a uuid in lower case, else None: the caller mints one."""
    return given.decode() if given is not None and _REQUEST_ID.fullmatch(given) else None


def traceparent(given: bytes | None) -> str | None:
    """The client's W3C trace context when it is well formed, else None: the caller mints one."""
    return given.decode() if given is not None and _TRACEPARENT.fullmatch(given) else None
