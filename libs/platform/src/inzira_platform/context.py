"""What travels with a request or a message: ids of the trace, and the positions its writes reached."""

import base64
import json
import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from inzira_platform.ids import new_id

TRACEPARENT = re.compile(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")


@dataclass
class Trace:
    """One request or one message being handled; `positions` collects (stream, version) of what it emitted."""

    request_id: UUID = field(default_factory=new_id)
    traceparent: str = ""
    causation_id: UUID | None = None
    positions: dict[str, int] = field(default_factory=dict)

    def token(self, service: str) -> str:
        """Opaque consistency token of what was written so far; empty when nothing was (events.md 5)."""
        if not self.positions:
            return ""
        return encode_token(service, self.positions)


CURRENT: ContextVar[Trace | None] = ContextVar("inzira_trace", default=None)


def current_trace() -> Trace:
    """The trace in hand; a fresh one where no request or message started it (scanners, commands)."""
    trace = CURRENT.get()
    if trace is None:
        trace = Trace()
        CURRENT.set(trace)
    return trace


def valid_traceparent(value: str) -> str:
    """`value` when it is a W3C traceparent, else a fresh one."""
    if TRACEPARENT.match(value):
        return value
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def encode_token(service: str, positions: dict[str, int]) -> str:
    """Opaque form of (service, {stream: version}); the reader waits until its model holds them all."""
    body = json.dumps([service, sorted(positions.items())[:20]], separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def decode_token(token: str) -> tuple[str, dict[str, int]]:
    """Inverse of `encode_token`.

    Raises ValueError for anything that is not such a token; tokens past 4 kB are refused unread.
    """
    if len(token) > 4096:
        raise ValueError("token too long")
    try:
        service, pairs = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return str(service), {str(stream): int(version) for stream, version in pairs}
    except (ValueError, TypeError) as error:
        raise ValueError("not a consistency token") from error
