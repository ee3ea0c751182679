"""docs/partners.md as a partner uses it: every piece of code on it runs, in the page's order, against a gateway."""

import asyncio
import contextlib
import io
import json
import re
import shlex
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fleet import SERVICES, Deployed, Ground
from gateway_scene import Person
from inzira_gateway.sharing.schemas import PartnerPersonRead
from inzira_platform.app import build_app
from inzira_platform.errors import DomainError
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Caller
from listening import listening
from partner_scene import consent, fresh

PAGE = (Path(__file__).parents[2] / "docs" / "partners.md").read_text()
ELSEWHERE = {"unavailable"}
"""Codes that are no DomainError of the gateway: the door's own."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


class EnoughError(Exception):
    """Ends the page's endless loop."""


class Store:
    """What a partner keeps: items, then the cursor."""

    def __init__(self, enough: int) -> None:
        self.items: list[dict[str, Any]] = []
        self.cursors: list[str] = []
        self._enough = enough

    def store(self, item: dict[str, Any]) -> None:
        self.items.append(item)

    def keep(self, cursor: str) -> None:
        self.cursors.append(cursor)
        if len(self.items) >= self._enough:
            raise EnoughError


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An empty folder to work in, and the names a partner's module has."""
    monkeypatch.chdir(tmp_path)
    return {"__name__": "partner"}


def administrator(gateway: Deployed, sub: str) -> Caller:
    return gateway.api.as_("administrator", sub=sub)


async def let_in(gateway: Deployed, jwk: dict[str, Any]) -> None:
    """What the operator does with the key that was handed over."""
    now = gateway.api.clock.now()
    first, second = administrator(gateway, "adm-1"), administrator(gateway, "adm-2")
    key = {"jwk": jwk, "not_after": (now + timedelta(days=700)).isoformat()}
    body = {"client_id": "ngo-one", "name": "Invented organisation", "agency": "NGO-1", "keys": [key]}
    partner = (await first.post("/v1/admin/partners", body)).json()["id"]
    assert (await second.post(f"/v1/admin/partners/{partner}/approval")).status_code == 200
    for route in ("persons", "feed"):
        terms = {
            "partner_id": partner, "route": route, "row_filter": {"districts": ["24"]}, "view": "return-support",
            "view_version": 1, "purposes": ["reintegration_support"], "basis": "CONSENT", "agreement": "invented",
            "valid_from": gateway.api.clock.today().isoformat(),
            "valid_to": (gateway.api.clock.today() + timedelta(days=300)).isoformat(),
        }  # fmt: skip
        grant = (await first.post("/v1/admin/grants", terms)).json()["id"]
        assert (await second.post(f"/v1/admin/grants/{grant}/approval")).status_code == 200


async def somebody(gateway: Deployed) -> Person:
    """Somebody who agreed, and what the read model knows of them."""
    person, now = Person(new_id()), gateway.api.clock.now()
    yes = consent(person.id, valid_from=now - timedelta(days=1), valid_to=now + timedelta(days=300))
    await gateway.deliveries.send(person.admitted(), yes)
    await gateway.deliveries.send(person.enrolled())
    await fresh(gateway.api)
    return person


def run(code: str, desk: dict[str, Any]) -> str:
    """Run a piece of the page in the partner's module; what it printed."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(compile(code, "docs/partners.md", "exec"), desk)  # noqa: S102 - our own page
    return told.getvalue()


def at_this_gateway(code: str, url: str) -> str:
    """The piece with the address of the test's gateway in place of the page's."""
    changed = code.replace('"https://gateway.example"', f'"{url}"')
    assert changed != code
    return changed


def curl(line: str, **variables: str) -> dict[str, Any]:
    """What the page's curl command asks, asked."""
    for name, value in variables.items():
        line = line.replace(f"${name}", value)
    words = shlex.split(line)
    assert words[0] == "curl" and set(words[1:-1:2]) == {"-H"}
    headers = dict(word.split(": ", 1) for word in words[2:-1:2])
    asked = urllib.request.Request(words[-1], headers=headers)  # noqa: S310 - the gateway of this test
    with urllib.request.urlopen(asked) as answer:  # noqa: S310 - the same
        found: dict[str, Any] = json.load(answer)
    return found


async def test_the_page_leads_from_a_key_to_the_feed(ground: Ground, desk: dict[str, Any]) -> None:
    make_key, get_token, go_on = blocks("python")
    read = next(block for block in blocks("sh") if block.startswith("curl ") and "/v1/partner/persons" in block)
    async with ground.deployed("gateway", door=False) as gateway:
        await let_in(gateway, json.loads(run(make_key, desk)))
        person = await somebody(gateway)
        with listening(build_app(SERVICES["gateway"], gateway.settings, ground.clock)) as front:
            await asyncio.to_thread(run, at_this_gateway(get_token, front.url), desk)
            token = await asyncio.to_thread(desk["token"])
            assert await asyncio.to_thread(desk["token"]) == token, "kept until it ends"
            people = await asyncio.to_thread(curl, read, TOKEN=token, GATEWAY=front.url)
            assert [item["stage"] for item in people["items"]] == ["IN_CURRICULUM"]
            kept = Store(enough=3)
            desk.update(store=kept.store, keep=kept.keep)
            run(go_on, desk)
            following = asyncio.to_thread(desk["follow"], None)
            task = asyncio.create_task(following)
            await gateway.deliveries.send(person.certified())
            with pytest.raises(EnoughError):
                await asyncio.wait_for(task, 40)
    assert {item["subject"] for item in kept.items} == {people["items"][0]["id"]}
    last = kept.items[-1]["data"]["curriculum_milestones"]
    assert [reached["milestone"] for reached in last] == ["ENROLLED", "CERTIFIED"]


def test_the_answer_shown_on_the_page_has_the_fields_of_the_document() -> None:
    shown = next(block for block in blocks("json") if "next_cursor" in block)
    answer = json.loads(shown)
    assert set(answer) == {"items", "next_cursor"}
    for item in answer["items"]:
        PartnerPersonRead.model_validate_json(json.dumps(item))


def _codes(kind: type[DomainError]) -> Iterator[str]:
    yield kind.code
    for inner in kind.__subclasses__():
        yield from _codes(inner)


def test_every_code_the_page_names_is_one_the_gateway_gives() -> None:
    rows = re.findall(r"^\| \d{3} (.*?) \|", PAGE, re.MULTILINE)
    named = {code for row in rows for code in re.findall(r"`([a-z-]+)`", row)}
    assert len(named) > 8
    assert named <= {*_codes(DomainError), *ELSEWHERE}
