import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_gateway.edge.limiter import SECOND, Limiter, Policy, decide

POLICY = Policy("read", 20, 60)


def test_burst_admits_exactly_the_limit() -> None:
    due, admitted = 0, 0
    for _ in range(40):
        due, verdict = decide(POLICY, due, 1, SECOND)
        admitted += verdict.allowed
    assert admitted == 20


def test_refused_request_is_admitted_after_the_wait_it_was_told() -> None:
    due = 0
    for _ in range(20):
        due, _ = decide(POLICY, due, 1, 0)
    due, refused = decide(POLICY, due, 1, 0)
    assert not refused.allowed
    assert decide(POLICY, due, 1, refused.retry_seconds * SECOND)[1].allowed


def test_headers_name_policy_and_remainder() -> None:
    _, verdict = decide(POLICY, 0, 5, 0)
    assert dict(verdict.headers()) == {
        b"ratelimit-policy": b'"read";q=20;w=60',
        b"ratelimit": b'"read";r=15;t=15',
    }


@given(
    limit=st.integers(1, 500),
    window=st.integers(1, 3600),
    steps=st.lists(st.tuples(st.integers(0, 5 * SECOND), st.integers(1, 3)), max_size=200),
)
def test_no_window_ever_holds_more_than_twice_the_limit(limit: int, window: int, steps: list[tuple[int, int]]) -> None:
    """A burst of the limit and then its steady rate: in any window at most limit + limit."""
    policy = Policy("p", limit, window)
    due, now, admitted = 0, 0, list[tuple[int, int]]()
    for wait, cost in steps:
        now += wait
        due, verdict = decide(policy, due, cost, now)
        assert 0 <= verdict.remaining <= limit
        if verdict.allowed:
            admitted.append((now, cost))
    for start, _ in admitted:
        inside = sum(cost for at, cost in admitted if start <= at < start + window * SECOND)
        assert inside <= 2 * limit + 1


@given(st.lists(st.integers(0, SECOND), min_size=1, max_size=100))
def test_steady_rate_is_always_admitted(jitter: list[int]) -> None:
    policy, due, now = Policy("p", 60, 60), 0, 0
    for extra in jitter:
        now += SECOND + extra
        due, verdict = decide(policy, due, 1, now)
        assert verdict.allowed


@pytest.mark.parametrize(
    ("quota", "told"),
    [
        (600, b'"partner";q=100;w=10'), (60, b'"partner";q=10;w=10'), (100_000, b'"partner";q=20000;w=12'),
        (5, b'"partner";q=5;w=60'), (100, b'"partner";q=20;w=12'), (61, b'"partner";q=61;w=60'),
    ],
)  # fmt: skip
def test_a_quota_of_ones_own_keeps_its_rate_and_comes_at_once_for_ten_seconds_only(quota: int, told: bytes) -> None:
    limiter = Limiter({"partner": Policy("partner", 600, 60)})
    verdicts = [limiter.ask("ngo", "partner", 1, 0, quota) for _ in range(min(quota, 20_000))]
    policy = verdicts[0].policy
    assert dict(verdicts[0].headers())[b"ratelimit-policy"] == told
    assert policy.limit * 60 == quota * policy.window_seconds
    assert sum(verdict.allowed for verdict in verdicts) == min(policy.limit, len(verdicts))


def test_limiter_keeps_callers_apart_and_forgets_the_quiet() -> None:
    limiter = Limiter({"read": Policy("read", 2, 60)}, capacity=10)
    assert [limiter.ask("a", "read", 1, 0).allowed for _ in range(3)] == [True, True, False]
    assert limiter.ask("b", "read", 1, 0).allowed
    for number in range(100):
        limiter.ask(f"other-{number}", "read", 1, 0)
    assert len(limiter._due) <= 10
