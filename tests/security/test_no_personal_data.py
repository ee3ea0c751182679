"""security.md 10.21: who a person is stays in intake, in the tables made for it, and nowhere else.

People with canary names, numbers, phones and texts are admitted, moved, corrected, imported and searched for, refused
and misspelled; then every database, every event, every answer that is no answer about them, and every log line is read.
"""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest
from canaries import NAMES, NATIONAL_IDS, NUMBERS, PAPERS, PHONES, TEXTS, register, somebody, tables_with_traces, traces
from fleet import BEHIND, Deployed, Ground
from gateway_scene import make_account, sign_in
from inzira_contracts.envelope import Envelope
from inzira_platform.app import build_app
from inzira_platform.delivery import Incoming
from inzira_platform.metrics import exposition
from inzira_platform.testing.client import Caller
from listening import listening

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HOLDERS = {"person", "person_name_token", "admission_section", "episode", "custody_fact"}
"""Tables of intake that say who somebody is, or hold the words of their file."""
Fleet = dict[str, Deployed]


@pytest.fixture
async def fleet(ground: Ground) -> AsyncIterator[Fleet]:
    """All services and the gateway, which finds intake on the loopback."""
    async with AsyncExitStack() as stack:
        found = {name: await stack.enter_async_context(ground.deployed(name)) for name in BEHIND}
        intake = build_app(found["intake"].service, found["intake"].settings, ground.clock)
        served = stack.enter_context(listening(intake))
        found["gateway"] = await stack.enter_async_context(ground.deployed("gateway", upstream_intake=served.url))
        yield found


async def test_who_somebody_is_stays_in_intake(fleet: Fleet, capfd: pytest.CaptureFixture[str]) -> None:
    """The whole hunt."""
    officer = fleet["intake"].api.as_("rcs_intake_officer", facility="HUY")
    await _work(fleet, officer)
    refusals = await _refusals(officer)
    await _tell_everybody(fleet)
    refusals += await _through_the_door(fleet)
    assert len(refusals) >= 12
    assert {answer.text for answer in refusals if traces(answer.text)} == set()
    found = {name: await tables_with_traces(deployed.database) for name, deployed in fleet.items()}
    assert {name: hits for name, hits in found.items() if name != "intake" and hits} == {}
    assert set(found["intake"]) <= HOLDERS
    assert not {hit for hits in found["intake"].values() for hit in hits} & {*NATIONAL_IDS, *PHONES}
    assert "person" in found["intake"]
    assert traces(exposition().decode()) == set()
    logged = capfd.readouterr()
    assert "request.answered" in logged.err
    assert traces(logged.out + logged.err) == set()


async def _work(fleet: Fleet, officer: Caller) -> None:
    """Admissions, a movement, a changed person, a correction, an import."""
    people = []
    for number in range(2):
        answer = await officer.post("/v1/admissions", somebody(number))
        assert answer.status_code == 201, answer.text
        people.append(answer.json()["person_id"])
    out = {"kind": "HOSPITAL_OUT", "occurred_at": "2024-05-01T08:00:00+02:00", "reference": PAPERS[0]}
    assert (await officer.post(f"/v1/persons/{people[0]}/movements", out)).status_code == 201
    read = await officer.get(f"/v1/persons/{people[1]}")
    changed = await officer.patch(
        f"/v1/persons/{people[1]}", {"full_name": NAMES[1] + " Kamali"}, headers={"If-Match": read.headers["ETag"]}
    )
    assert changed.status_code == 200, changed.text
    correction = {
        "fact": "ADMISSION", "occurred_at": "2024-03-01T07:30:00+02:00", "reason_code": "WRONG_TIME",
        "reference": PAPERS[0],
    }  # fmt: skip
    corrected = await officer.post(f"/v1/persons/{people[0]}/corrections", correction)
    assert corrected.status_code in (201, 422), corrected.text
    sent = await officer.request("POST", "/v1/imports", content=register(), headers={"Content-Type": XLSX})
    assert sent.status_code == 202, sent.text
    await fleet["intake"].deliveries.scan("register.import")
    rows = await officer.get(f"/v1/imports/{sent.json()['id']}/outcomes")
    assert [row["outcome"] for row in rows.json()] == ["admitted", "review", "rejected"], rows.text


async def _refusals(officer: Caller) -> list[httpx2.Response]:
    """Requests that must fail, with a canary in every place a value can be put."""
    name, national_id = NAMES[0], NATIONAL_IDS[0]
    twin = somebody(0)
    twin["person"] |= {"rcs_number": "KANARI-90001"}
    answers = [
        await officer.post("/v1/admissions", somebody(0)),
        await officer.post("/v1/admissions", twin),
        await officer.post("/v1/admissions", {name: national_id, "person": TEXTS[0]}),
        await officer.post("/v1/admissions", {**somebody(1), "legal_status": name, "admitted_at": PAPERS[1]}),
        await officer.post("/v1/admissions", {**somebody(1), "facility": "KANARI-88001", "offences": [name]}),
        await officer.post("/v1/admissions", {**somebody(1), "person": {"full_name": name, "sex": national_id}}),
        await officer.request(
            "POST", "/v1/admissions", content=json.dumps(somebody(0))[:-9], headers={"Content-Type": "application/json"}
        ),
        await officer.request("POST", "/v1/admissions", content=name, headers={"Content-Type": "application/json"}),
        await officer.request("POST", "/v1/admissions", content=name, headers={"Content-Type": f"text/{NUMBERS[0]}"}),
        await officer.post("/v1/admissions", somebody(1), headers={"Idempotency-Key": name.replace(" ", "/")}),
        await officer.request("POST", "/v1/imports", content=name.encode(), headers={"Content-Type": XLSX}),
        await officer.get(f"/v1/persons/{name}"),
        await officer.get("/v1/identities", params={"name": "K", "identifier": national_id + "x" * 200}),
        await officer.get("/v1/imports", params={"cursor": name}),
        await officer.get("/v1/custody/due", params={"facility": name, "kind": national_id, "within": name}),
        await officer.request("DELETE", f"/v1/persons/{name}"),
        await officer.get(f"/v1/{name}"),
    ]
    assert [answer.status_code for answer in answers if answer.status_code < 400] == []
    for words in ({"name": name}, {"identifier": national_id}, {"identifier": PHONES[0]}):
        assert (await officer.get("/v1/identities", params=words)).status_code == 200
    return answers


async def _tell_everybody(fleet: Fleet) -> None:
    """What intake emitted, as its relay would publish it, to every consumer."""
    rows = await fleet["intake"].database.rows("SELECT * FROM outbox ORDER BY seq")
    assert len(rows) > 8
    for name, deployed in fleet.items():
        records = [_published(row) for row in rows if row["topic"] in deployed.service.topics]
        if name != "intake":
            await deployed.deliveries.send_records(*records)


def _published(row: dict[str, Any]) -> Incoming:
    headers = json.loads(row["headers"]) if isinstance(row["headers"], str) else row["headers"]
    envelope = Envelope(
        id=row["event_id"],
        type=row["type"],
        source=headers["source"],
        subject=row["stream"],
        time=row["created_at"],
        partitionkey=row["pkey"],
        sequence=row["version"],
    )
    return Incoming(row["topic"], 0, row["seq"], envelope.to_headers(), bytes(row["payload"]), envelope)


async def _through_the_door(fleet: Fleet) -> list[httpx2.Response]:
    """Sign in, find people by name, and be refused with a canary in hand."""
    gateway = fleet["gateway"].api
    await make_account(gateway, "keza", "rcs_intake_officer", facilities=("HUY",))
    officer = gateway.with_token((await sign_in(gateway, "keza"))["access_token"])
    found = await officer.get("/v1/persons", params={"q": NAMES[0].split()[0]})
    assert found.status_code == 200, found.text
    assert NAMES[0].upper() in found.text.upper()
    assert (await officer.get("/v1/persons", params={"q": NATIONAL_IDS[0]})).status_code == 200
    return [
        await officer.get("/v1/persons", params={"stage": NAMES[0], "cursor": NAMES[1]}),
        await officer.get(f"/v1/persons/{NAMES[0]}/journey"),
        await officer.get(f"/v1/{NATIONAL_IDS[0]}"),
        await gateway.nobody().post("/v1/sessions", {"username": NAMES[0], "password": NATIONAL_IDS[0]}),
        await gateway.nobody().post("/v1/sessions", {NAMES[0]: NAMES[1], "password": {"x": PHONES[0]}}),
        await gateway.with_token(NATIONAL_IDS[0]).get("/v1/me"),
    ]
