"""The rules of accounts: passwords, reach by role, delays after wrong passwords, the second administrator. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind

MINIMUM_PASSWORD = 12
MAXIMUM_PASSWORD = 128
DELAY_AFTER = 3
LONGEST_DELAY = timedelta(minutes=15)
USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")


class AccountState(StrEnum):
    ACTIVE = "ACTIVE"
    PENDING = "PENDING"
    DISABLED = "DISABLED"


PRIVILEGED = frozenset({"administrator", "data_protection_officer", "me_officer"})
"""Roles that reach across the country or over other accounts: a second administrator confirms them."""

BLOCKLIST = frozenset(
    {
        "password",
        "passw0rd",
        "motdepasse",
        "ijambobanga",
        "inzira",
        "rwanda",
        "kigali",
        "qwerty",
        "azerty",
        "letmein",
        "welcome",
        "admin",
        "administrator",
        "abc",
        "iloveyou",
        "murakoze",
        "imana",
        "prison",
        "changeme",
    }
)
"""Words that, padded with digits or repeated, make up no password (ASVS 6.2.4)."""


class AccountNotFoundError(DomainError):
    kind = Kind.NOT_FOUND
    code = "account-not-found"
    message = "There is no account by this id."


class UsernameTakenError(DomainError):
    kind = Kind.CONFLICT
    code = "username-taken"
    message = "Another account has this user name. Choose another one."


class WeakPasswordError(DomainError):
    kind = Kind.INVALID
    code = "weak-password"
    message = "Use at least 12 characters that are not a common word, the user name or one repeated pattern."


class ReachMissingError(DomainError):
    kind = Kind.INVALID
    code = "reach-missing"
    message = "This role works within a facility or an organisation: name it."


class UnknownRoleError(DomainError):
    kind = Kind.INVALID
    code = "unknown-role"
    message = "There is no such role. Choose one of the roles of the access policy."


class SecondAdministratorNeededError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "second-administrator-needed"
    message = "An administrator other than the one who asked for this role must confirm it."


class OwnAccountError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "own-account"
    message = "Nobody changes the role, reach or state of their own account. Ask another administrator."


class AccountChangedError(DomainError):
    kind = Kind.PRECONDITION
    code = "version-changed"
    message = "Somebody changed this account since you read it. Read it again."


@dataclass(frozen=True, slots=True)
class Reach:
    """What an account is and how far it sees; codes only."""

    role: str
    agency: str
    org: str | None = None
    facilities: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()


def check_reach(reach: Reach, scopes: Mapping[str, str]) -> None:
    """Raise UnknownRoleError or ReachMissingError unless the role has what its scope kind needs.

    `scopes` is the policy's table of role to scope kind.
    """
    kind = scopes.get(reach.role)
    if kind is None or kind in ("system", "partner"):
        raise UnknownRoleError(field="role")
    if kind == "facility" and not reach.facilities:
        raise ReachMissingError(field="facilities")
    if kind in ("caseload", "org") and not reach.org:
        raise ReachMissingError(field="org")


def check_password(password: str, username: str, more_blocked: Collection[str] = ()) -> None:
    """Raise WeakPasswordError for a password that is too short, too long, common, or close to the user name.

    No rule about kinds of characters and no expiry (security.md 3, ASVS 6.2).
    """
    if not MINIMUM_PASSWORD <= len(password) <= MAXIMUM_PASSWORD:
        raise WeakPasswordError(field="password")
    plain = password.casefold()
    core = re.sub(r"[\W\d_]+", "", plain)
    blocked = core in BLOCKLIST or plain in more_blocked or len(set(plain)) < 5
    if blocked or username.casefold() in plain or _is_repeated(plain):
        raise WeakPasswordError(field="password")


def _is_repeated(text: str) -> bool:
    return text in (text + text)[1:-1]


def first_state(role: str, *, confirmed: bool) -> AccountState:
    """A privileged role waits for a second administrator unless it is already confirmed."""
    return AccountState.PENDING if role in PRIVILEGED and not confirmed else AccountState.ACTIVE


def check_confirmation(role: str, requested_by: str, confirming: str) -> None:
    """Raise SecondAdministratorNeededError when the one who asked for a privileged role also confirms it."""
    if role in PRIVILEGED and requested_by == confirming:
        raise SecondAdministratorNeededError


def delay_after(failures: int) -> timedelta:
    """How long an account waits after so many wrong passwords in a row: 0, 0, 0, then 1 s, 2 s, 4 s … 15 min.

    Never a permanent lock: that would let anybody shut anybody out (security.md 3).
    """
    if failures <= DELAY_AFTER:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - DELAY_AFTER - 1, 20)), LONGEST_DELAY)


def next_attempt_at(failures: int, last_failure: datetime | None) -> datetime | None:
    """The instant from which a password is looked at again, or None when at once."""
    return last_failure + delay_after(failures) if last_failure is not None else None
