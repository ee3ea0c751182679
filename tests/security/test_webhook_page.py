"""What docs/partners.md says of webhooks, as a partner uses it: its code runs, and what it verifies is genuine."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fleet import SERVICES, Ground, Secrets
from gateway_scene import Person
from inzira_gateway.settings import Settings
from inzira_platform.app import build_app
from inzira_platform.clock import SystemClock
from inzira_platform.embedded import EmbeddedPostgres
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Keys
from listening import listening
from partner_scene import consent, fresh, granted, jwk_of, new_key, registered
from webhook_scene import Seen, Worker, receiving

PAGE = (Path(__file__).parents[2] / "docs" / "partners.md").read_text(encoding="utf-8")
FORGED = "whpk_" + "A" * 43 + "="


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def ground(postgres: EmbeddedPostgres, keys: Keys, secrets: Secrets) -> Ground:
    """On the machine's own clock: the page's code asks it."""
    return Ground(postgres, keys, SystemClock(), secrets)


def run(code: str, desk: dict[str, Any]) -> None:
    """A piece of the page, in the partner's module."""
    exec(compile(code, "docs/partners.md", "exec"), desk)  # noqa: S102 - our own page


async def test_the_page_leads_to_a_webhook_that_is_verified(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    desk: dict[str, Any] = {"__name__": "partner"}
    signs_in, (registers, verifies) = blocks("python")[1], blocks("py")
    async with ground.deployed("gateway", door=False, webhook_loopback=True) as gateway:
        assert isinstance(gateway.settings, Settings)
        today = ground.clock.today()
        dates = {"valid_from": today.isoformat(), "valid_to": (today + timedelta(days=300)).isoformat()}
        end = (ground.clock.now() + timedelta(days=300)).isoformat()
        key = new_key()
        partner = await registered(gateway.api, gateway.api, key=key, keys=[{"jwk": jwk_of(key), "not_after": end}])
        await granted(gateway.api, partner, route="feed", **dates)
        (tmp_path / "partner_key.json").write_text(json.dumps(key.as_dict(private=True)))
        inside = build_app(SERVICES["gateway"], gateway.settings, ground.clock)
        with listening(inside) as front, receiving() as mine:
            run(signs_in.replace('"https://gateway.example"', f'"{front.url}"'), desk)
            run(registers, desk)
            run(verifies, desk)
            endpoint = await asyncio.to_thread(desk["be_woken"], mine.url)
            keys = await asyncio.to_thread(desk["public_keys"], endpoint)
            person, now = Person(new_id()), ground.clock.now()
            yes = consent(person.id, valid_from=now - timedelta(days=1), valid_to=now + timedelta(days=300))
            await gateway.deliveries.send(person.admitted(), yes)
            await fresh(gateway.api)
            assert await Worker.of(gateway.api, gateway.settings).turn() == 1
    (seen,) = mine.seen
    (shown,) = blocks("http")
    head, _, body = shown.partition("\n\n")
    assert set(json.loads(body)) == set(seen.document)
    assert {line.partition(":")[0] for line in head.splitlines()[1:]} <= set(seen.headers)
    _check(desk["is_genuine"], seen, keys)


def _check(is_genuine: Callable[..., bool], seen: Seen, keys: list[str]) -> None:
    """What came is genuine, and whatever is changed of it is not."""
    head, body = dict(seen.headers), seen.body
    assert is_genuine(head, body, keys)
    assert is_genuine(head, body, [FORGED, *keys]), "while a rotation is under way"
    assert not is_genuine(head, body + b" ", keys)
    assert not is_genuine({**head, "webhook-id": "msg_other"}, body, keys)
    assert not is_genuine({**head, "webhook-timestamp": "1795000000"}, body, keys)
    assert not is_genuine(head, body, [FORGED])
