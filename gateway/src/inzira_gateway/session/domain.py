"""The rules of sessions: how long they last and what a refresh token used twice means. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind

ABSOLUTE = timedelta(hours=12)
"""A session ends at the end of a working day, whatever happens in it (security.md 3)."""
IDLE = timedelta(minutes=30)
GRACE = timedelta(seconds=10)
"""Two requests of one browser may refresh at once; the second within this time is told to use the first's."""


class SignInRefusedError(DomainError):
    kind = Kind.UNAUTHENTICATED
    code = "sign-in-refused"
    message = "The user name or the password is not right, or the account may not sign in."


class TooManyAttemptsError(DomainError):
    kind = Kind.TOO_MANY
    code = "too-many-attempts"
    message = "Too many wrong passwords in a row. Wait a little before you try again."


class RefreshRefusedError(DomainError):
    kind = Kind.UNAUTHENTICATED
    code = "refresh-refused"
    message = "This refresh token is no longer good. Sign in again."


class RefreshRacedError(DomainError):
    kind = Kind.CONFLICT
    code = "refresh-raced"
    message = "This refresh token was used a moment ago. Use the token that answer carried."


class Use(StrEnum):
    """What a presented refresh token is."""

    GOOD = "good"
    RACED = "raced"
    REUSED = "reused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token as it is kept: never the token itself."""

    issued_at: datetime
    used_at: datetime | None
    session_started_at: datetime
    session_revoked: bool


def judge(token: Refresh, now: datetime) -> Use:
    """Whether a presented token may be exchanged; REUSED means that the whole family is revoked."""
    if token.session_revoked or now >= token.session_started_at + ABSOLUTE:
        return Use.EXPIRED
    if token.used_at is not None:
        return Use.RACED if now - token.used_at <= GRACE else Use.REUSED
    return Use.EXPIRED if now >= token.issued_at + IDLE else Use.GOOD


def digest(token: str) -> bytes:
    """What is stored of a refresh token. A fast hash is enough: the token has 256 random bits."""
    return hashlib.sha256(token.encode()).digest()
