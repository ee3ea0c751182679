import pytest
from inzira_gateway.edge.headers import forwarded, request_id, traceparent


@pytest.mark.parametrize(
    "name",
    [
        "client-cert", "client-cert-chain", "x-forwarded-for", "x-forwarded-host", "forwarded", "x-principal",
        "x-principal-id", "x_principal", "x-internal-token", "authorization", "host", "connection", "te",
        "transfer-encoding", "cookie", "content-length", "x-request-id", "x-purpose",
    ],
)  # fmt: skip
def test_forwarded_drops(name: str) -> None:
    assert forwarded([(name.encode(), b"x")]) == []


def test_forwarded_drops_what_connection_names() -> None:
    given = [(b"connection", b"close, X-Secret"), (b"x-secret", b"1"), (b"accept", b"*/*")]
    assert forwarded(given) == [(b"accept", b"*/*")]


@pytest.mark.parametrize("name", ["accept", "accept-language", "content-type", "idempotency-key", "if-match", "range"])
def test_forwarded_keeps(name: str) -> None:
    assert forwarded([(name.encode(), b"x")]) == [(name.encode(), b"x")]


def test_request_id_must_be_a_uuid() -> None:
    assert request_id(b"0190b3f0-0000-7000-8000-000000000001") == "0190b3f0-0000-7000-8000-000000000001"
    assert request_id(b"../../etc") is None
    assert request_id(b"0190b3f0-0000-7000-8000-000000000001\n") is None


def test_traceparent_must_be_well_formed() -> None:
    good = b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01"
    assert traceparent(good) == good.decode()
    assert traceparent(b"00-" + b"0" * 32 + b"-" + b"b" * 16 + b"-01") is None
    assert traceparent(b"junk") is None
