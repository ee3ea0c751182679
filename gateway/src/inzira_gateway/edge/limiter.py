"""How often somebody may ask: the generic cell rate algorithm with whole nanoseconds. Pure.

Whole numbers, because a version with floating point admitted 19 of a burst of 20 (security.md 2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

SECOND = 1_000_000_000
MINUTE = 60
WINDOWS = (10, 12, 15, 20, 30, MINUTE)
"""Seconds a caller's own quota may be told in, the shortest first: a minute's worth at once would be a flood."""


@dataclass(frozen=True, slots=True)
class Policy:
    """`limit` units of cost in each `window_seconds`; all of them may come at once."""

    name: str
    limit: int
    window_seconds: int

    def with_quota(self, per_minute: int) -> "Policy":
        """The same for somebody with a quota of their own, in the shortest window that keeps its rate exactly.

        A quota of less than one in a second is told by the minute.
        """
        exact = (window for window in WINDOWS if per_minute * window % MINUTE == 0)
        window = next(exact) if per_minute >= MINUTE else MINUTE
        return replace(self, limit=per_minute * window // MINUTE, window_seconds=window)

    @property
    def interval(self) -> int:
        """Nanoseconds that one unit of cost takes."""
        return self.window_seconds * SECOND // self.limit

    @property
    def tolerance(self) -> int:
        return self.interval * self.limit


@dataclass(frozen=True, slots=True)
class Verdict:
    policy: Policy
    allowed: bool
    remaining: int
    reset_seconds: int
    """Whole seconds until the full allowance is there again."""
    retry_seconds: int
    """Whole seconds to wait before asking again; 0 when allowed."""

    def headers(self) -> list[tuple[bytes, bytes]]:
        """`RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers-11."""
        name = self.policy.name
        lines = [
            (b"ratelimit-policy", f'"{name}";q={self.policy.limit};w={self.policy.window_seconds}'.encode()),
            (b"ratelimit", f'"{name}";r={self.remaining};t={self.reset_seconds}'.encode()),
        ]
        if not self.allowed:
            lines.append((b"retry-after", str(self.retry_seconds).encode()))
        return lines


def decide(policy: Policy, due: int, cost: int, now: int) -> tuple[int, Verdict]:
    """The next theoretical arrival time and the verdict for one request.

    `due` is the theoretical arrival time kept so far and `now` the clock, both in nanoseconds. A refused
    request costs nothing, so somebody who waits as told is let in.
    """
    base = max(due, now)
    wanted = base + cost * policy.interval
    over = wanted - now - policy.tolerance
    if over > 0:
        return due, _verdict(policy, allowed=False, ahead=base - now, wait=over)
    return wanted, _verdict(policy, allowed=True, ahead=wanted - now, wait=0)


def _verdict(policy: Policy, *, allowed: bool, ahead: int, wait: int) -> Verdict:
    remaining = max(0, (policy.tolerance - ahead) // policy.interval)
    return Verdict(policy, allowed, remaining, -(-ahead // SECOND), -(-wait // SECOND))


class Limiter:
    """Verdicts by who asks and which class of route; forgets those who have been quiet.

    One process keeps its own counts: with several replicas each admits its share, which is stated in the
    README as a limit.
    """

    def __init__(self, policies: Mapping[str, Policy], capacity: int = 50_000) -> None:
        self._policies = policies
        self._capacity = capacity
        self._due: dict[tuple[str, str], int] = {}

    def ask(self, who: str, policy_name: str, cost: int, now: int, quota: int | None = None) -> Verdict:
        """`quota`, units of cost a minute, takes the place of the policy's limit for somebody with one of their own."""
        policy = self._policies[policy_name]
        if quota is not None:
            policy = policy.with_quota(quota)
        key = (who, policy_name)
        due, verdict = decide(policy, self._due.get(key, 0), cost, now)
        if key not in self._due and len(self._due) >= self._capacity:
            self._forget(now)
        self._due[key] = due
        return verdict

    def _forget(self, now: int) -> None:
        self._due = {key: due for key, due in self._due.items() if due > now}
        while len(self._due) >= self._capacity:
            self._due.pop(next(iter(self._due)))
