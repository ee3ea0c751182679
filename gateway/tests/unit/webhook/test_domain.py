"""When a message is sent again, what an answer means, what is said and how it is signed."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from uuid import UUID

import pytest
from inzira_gateway.settings import Settings
from inzira_gateway.webhook.domain import (
    MAX_PAYLOAD,
    MessageKind,
    Outcome,
    message_body,
    next_attempt,
    outcome_of,
    rules_on,
    to_be_signed,
)
from inzira_gateway.webhook.rules import load_rules, rules_of
from inzira_gateway.webhook.signing import coordinate, headers, key_id, new_key, public_text
from inzira_gateway.webhook.vault import KeyFileError, KeyVault, SealBrokenError
from joserfc.jwk import OKPKey
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from pydantic import ValidationError
from standardwebhooks import Webhook

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
ROW, OTHER = UUID(int=7), UUID(int=8)


def test_waits_are_those_of_the_specification() -> None:
    rules = rules_of(1)
    waits = [next_attempt(rules, made, AT, 0.0) for made in range(11)]
    seconds = [round((wait - AT).total_seconds()) if wait else None for wait in waits]
    hours = [3600 * count for count in (2, 5, 10, 14, 20, 24)]
    assert seconds == [0, 5, 300, 1800, *hours, None]
    total = list(accumulate(rules.retry_after_s))[-1]
    assert timedelta(seconds=total) > timedelta(days=3)


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.999])
def test_waits_are_spread_and_never_shorter(chance: float) -> None:
    at = next_attempt(rules_of(1), 3, AT, chance)
    assert at is not None
    assert (at - AT).total_seconds() == pytest.approx(1800 * (1 + 0.1 * chance))


def test_rules_have_versions_and_dates() -> None:
    first = rules_of(1)
    second = replace(first, version=2, valid_from=date(2027, 1, 1))
    assert rules_on([first, second], date(2026, 12, 31)) == first
    assert rules_on([first, second], date(2027, 1, 1)) == second
    with pytest.raises(LookupError):
        rules_on([second], date(2026, 12, 31))
    with pytest.raises(LookupError):
        rules_of(99)
    assert all(rules.lease_s > rules.timeout_s for rules in load_rules())


def test_success_is_2xx_and_nothing_else() -> None:
    assert [outcome_of(status) for status in (200, 204, 299)] == [Outcome.ACCEPTED] * 3
    assert [outcome_of(status) for status in (301, 302, 304, 307)] == [Outcome.REDIRECTED] * 4
    assert outcome_of(410) is Outcome.GONE
    assert outcome_of(404) is Outcome.REFUSED
    assert [outcome_of(status) for status in (500, 100, 700)] == [Outcome.FAULT] * 3


@pytest.mark.parametrize("kind", list(MessageKind))
def test_a_message_says_what_and_when_and_no_more(kind: MessageKind) -> None:
    body = message_body(kind, AT, "reintegration_support")
    told = json.loads(body)
    assert set(told) == {"type", "timestamp", "data"}
    assert told["timestamp"] == "2026-11-23T10:00:00Z"
    assert told["data"] == {"purpose": "reintegration_support"}
    assert len(body) < MAX_PAYLOAD
    assert body == message_body(kind, AT, "reintegration_support")


def test_the_signature_holds_for_another_library_and_for_nothing_that_was_changed() -> None:
    private, public = new_key()
    body = message_body(MessageKind.NEWS, AT, "reintegration_support")
    sent = headers([private], "msg_1", 1_795_000_000, body)
    version, _, text = sent["webhook-signature"].partition(",")
    assert version == "v1a"
    key, signed = VerifyKey(public), base64.b64decode(text)
    key.verify(b"msg_1.1795000000." + body, signed)
    for changed in (b"msg_2.1795000000." + body, b"msg_1.1795000001." + body, b"msg_1.1795000000." + body + b" "):
        with pytest.raises(BadSignatureError):
            key.verify(changed, signed)
    assert bytes(SigningKey(private).sign(to_be_signed("msg_1", 1_795_000_000, body)).signature) == signed


def test_what_is_signed_is_what_the_reference_library_signs() -> None:
    """Its symmetric scheme `v1` is over the same text: a key of ours in its place gives the same signature."""
    secret, body = b"s" * 32, message_body(MessageKind.NEWS, AT, "reintegration_support")
    theirs = Webhook(secret).sign("msg_1", AT, body.decode())
    content = to_be_signed("msg_1", int(AT.timestamp()), body)
    assert theirs == "v1," + base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()


def test_both_keys_of_a_rotation_sign() -> None:
    pairs = [new_key(), new_key()]
    sent = headers([private for private, _ in pairs], "msg_1", 1, b"{}")
    signatures = [entry.split(",")[1] for entry in sent["webhook-signature"].split(" ")]
    for (_, public), text in zip(pairs, signatures, strict=True):
        VerifyKey(public).verify(b"msg_1.1.{}", base64.b64decode(text))


def test_a_public_key_is_named_by_its_thumbprint() -> None:
    _, public = new_key()
    jwk = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": coordinate(public)})
    assert key_id(public) == jwk.thumbprint()
    assert base64.b64decode(public_text(public).removeprefix("whpk_")) == public


def test_a_private_key_opens_in_its_own_row_alone_and_old_file_keys_stay_good(tmp_path: Path) -> None:
    file = tmp_path / "field.key"
    file.write_text(base64.b64encode(b"a" * 32).decode())
    sealed, version = KeyVault.from_file(file).seal(b"p" * 32, ROW)
    assert b"p" * 8 not in sealed
    file.write_text(base64.b64encode(b"a" * 32).decode() + "\n" + base64.b64encode(b"b" * 32).decode() + "\n")
    vault = KeyVault.from_file(file)
    assert vault.open(sealed, version, ROW) == b"p" * 32
    assert vault.seal(b"p" * 32, ROW)[1] == 2
    bent = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for wrong in ((sealed, version, OTHER), (sealed, 2, ROW), (sealed, 3, ROW), (bent, version, ROW)):
        with pytest.raises(SealBrokenError):
            vault.open(*wrong)


@pytest.mark.parametrize("content", ["", "no base64", base64.b64encode(b"short").decode()])
def test_a_key_file_that_is_not_right_stops_the_start(tmp_path: Path, content: str) -> None:
    file = tmp_path / "field.key"
    file.write_text(content)
    with pytest.raises(KeyFileError) as refused:
        KeyVault.from_file(file)
    assert not content or content not in str(refused.value)


def test_this_machine_is_never_woken_in_production(tmp_path: Path) -> None:
    given = {"database_dsn": "x", "jwks_file": tmp_path, "signing_key_file": tmp_path, "field_key_file": tmp_path}
    assert Settings(environment="local", webhook_loopback=True, **given).webhook_loopback
    assert Settings(environment="production", **given).webhook_ports == [443]
    with pytest.raises(ValidationError):
        Settings(environment="production", webhook_loopback=True, **given)
