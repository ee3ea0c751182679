"""Sending registers: problems of files, the same file twice, interruption, two at once, answers, who may see them."""

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from inzira_intake.register import processing
from inzira_platform.clock import FixedClock
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.testing.deliveries import Deliveries

Send = Callable[..., Awaitable[Any]]
Decided = Callable[..., Awaitable[list[dict[str, Any]]]]
Row = Callable[..., list[Any]]
Register = Callable[..., bytes]


@pytest.mark.parametrize(
    ("content", "media", "status", "code"),
    [
        (b"RCS No;Names", "text/csv", 415, "unsupported-media-type"),
        (b"RCS No;Names", "application/octet-stream", 415, "register-not-a-workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/octet-stream", 415, "register-old-workbook"),
        (b"PK\x03\x04", "application/octet-stream", 422, "register-damaged"),
        (b"PK" + b"0" * 10_485_760, "application/octet-stream", 413, "too-large"),
    ],
)
async def test_file_that_is_no_register_gets_one_clear_problem(
    officer: Caller, send: Send, database: ServiceDatabase, content: bytes, media: str, status: int, code: str
) -> None:
    answer = await send(officer, content, media)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await database.value("SELECT count(*) FROM register_import") == 0


async def test_missing_columns_are_named_in_the_problem(officer: Caller, send: Send, make_register: Register) -> None:
    book = openpyxl.load_workbook(io.BytesIO(make_register()))
    book.active.delete_cols(13)
    out = io.BytesIO()
    book.save(out)
    answer = await send(officer, out.getvalue())
    assert (answer.status_code, answer.json()["columns"]) == (422, "sentence")


async def test_register_without_rows_fails_whole_and_says_why(
    officer: Caller, send: Send, deliveries: Deliveries, make_register: Register
) -> None:
    sent = await send(officer, make_register())
    await deliveries.scan("register.import")
    path = f"/v1/imports/{sent.json()['id']}"
    read = (await officer.get(path)).json()
    assert (read["state"], read["problem"]["code"], read["total"]) == ("FAILED", "register-empty", 0)
    assert (await officer.get(f"{path}/outcomes")).json()["code"] == "import-failed"


async def test_same_file_again_changes_nothing(
    officer: Caller, send: Send, decided: Decided, make_register: Register, make_row: Row, database: ServiceDatabase
) -> None:
    content = make_register(make_row(1), make_row(2, Sentence="?"))
    first = await decided(officer, content)
    journal = await database.value("SELECT count(*) FROM outbox WHERE topic <> 'inzira.access'")

    again = await send(officer, content)
    assert (again.status_code, again.json()["again"], again.json()["state"]) == (202, True, "DONE")
    assert await decided(officer, content) == first
    assert await database.value("SELECT count(*) FROM outbox WHERE topic <> 'inzira.access'") == journal


async def test_same_key_replays_the_answer(officer: Caller, send: Send, make_register: Register, make_row: Row) -> None:
    content, key = make_register(make_row(1)), {"Idempotency-Key": "register-huye-1"}
    first = await send(officer, content, **key)
    second = await send(officer, content, **key)
    assert first.json() == second.json()


@pytest.mark.parametrize("killed_at", [1, 2, 3, 5])
async def test_interrupted_import_goes_on_where_its_last_chunk_ended(
    officer: Caller,
    send: Send,
    deliveries: Deliveries,
    make_register: Register,
    make_row: Row,
    database: ServiceDatabase,
    monkeypatch: pytest.MonkeyPatch,
    killed_at: int,
) -> None:
    calls, admit = 0, processing.admit_together

    async def dies_once(*arguments: Any) -> Any:  # noqa: ANN401 - the wrapped function's
        nonlocal calls
        calls += 1
        made = await admit(*arguments)
        if calls == killed_at:
            raise ConnectionResetError
        return made

    monkeypatch.setattr(processing, "CHUNK", 5)
    monkeypatch.setattr(processing, "admit_together", dies_once)
    rows = [make_row(number) for number in range(1, 25)]
    rows[9] = make_row(1)
    sent = await send(officer, make_register(*rows))
    with pytest.raises(ConnectionResetError):
        await deliveries.scan("register.import")
    decided_before = await database.value("SELECT count(*) FROM register_row WHERE outcome IS NOT NULL")
    assert decided_before == 5 * (killed_at - 1)

    await deliveries.scan("register.import")
    read = (await officer.get(f"/v1/imports/{sent.json()['id']}")).json()
    assert (read["state"], read["admitted"], read["duplicate"]) == ("DONE", 23, 1)
    assert await database.value("SELECT count(*) FROM person") == 23
    assert await database.value("SELECT count(*) FROM event_stream WHERE stream LIKE 'person:%' AND version = 3") == 23


async def test_import_that_meets_a_fault_lets_others_pass_and_can_be_taken_up_again(
    officer: Caller,
    send: Send,
    deliveries: Deliveries,
    make_register: Register,
    make_row: Row,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good, bad = make_register(make_row(1)), make_register(*[make_row(number) for number in range(10, 16)])
    admit = processing.admit_together

    async def fails(*arguments: Any) -> Any:  # noqa: ANN401 - the wrapped function's
        if any(draft.rcs_number == "HUY-3013" for draft in arguments[-1]):
            raise KeyError
        return await admit(*arguments)

    monkeypatch.setattr(processing, "CHUNK", 2)
    monkeypatch.setattr(processing, "admit_together", fails)
    sent = [await send(officer, bad), await send(officer, good)]
    for _ in range(10):
        await deliveries.scan("register.import")
    reads = [(await officer.get(f"/v1/imports/{answer.json()['id']}")).json() for answer in sent]
    assert [(read["state"], read["done"]) for read in reads] == [("FAILED", 2), ("DONE", 1)]
    assert reads[0]["problem"]["code"] == "import-broken"

    monkeypatch.setattr(processing, "admit_together", admit)
    assert (await send(officer, bad)).json()["state"] == "RUNNING"
    await deliveries.scan("register.import")
    read = (await officer.get(f"/v1/imports/{sent[0].json()['id']}")).json()
    assert (read["state"], read["admitted"], read["problem"]) == ("DONE", 6, None)


async def test_two_registers_about_the_same_people_at_once(
    officer: Caller,
    send: Send,
    service: Service,
    settings: ServiceSettings,
    database: ServiceDatabase,
    clock: FixedClock,
    make_register: Register,
    make_row: Row,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(processing, "CHUNK", 7)
    rows = [make_row(number) for number in range(1, 31)]
    sent = [await send(officer, make_register(*rows)), await send(officer, make_register(*reversed(rows)))]
    paths = [f"/v1/imports/{answer.json()['id']}" for answer in sent]

    async def work() -> None:
        async with Deliveries.running(service, settings, database, clock) as worker:
            while True:
                await worker.scan("register.import")
                states = [(await officer.get(path)).json()["state"] for path in paths]
                if states == ["DONE", "DONE"]:
                    return
                await asyncio.sleep(0.01)

    await asyncio.wait_for(asyncio.gather(work(), work()), 60)
    reads = [(await officer.get(path)).json() for path in paths]
    assert sum(read["admitted"] for read in reads) == 30
    assert sum(read["duplicate"] for read in reads) == 30
    assert await database.value("SELECT count(*) FROM person") == 30


async def test_rows_are_paged_and_filtered(
    officer: Caller, send: Send, deliveries: Deliveries, make_register: Register, make_row: Row
) -> None:
    rows = [make_row(number, Sentence="?" if number % 2 else "5 years") for number in range(1, 12)]
    sent = await send(officer, make_register(*rows))
    await deliveries.scan("register.import")
    path = f"/v1/imports/{sent.json()['id']}/rows"
    first = (await officer.get(f"{path}?outcome=rejected&limit=4")).json()
    second = (await officer.get(f"{path}?outcome=rejected&limit=4&cursor={first['next_cursor']}")).json()
    assert [item["row"] for item in first["items"] + second["items"]] == [3, 5, 7, 9, 11, 13]
    assert second["next_cursor"] is None
    assert first["items"][0]["reasons"] == ["SENTENCE_NOT_UNDERSTOOD"]
    assert (await officer.get(f"{path}?cursor=eHh4")).status_code == 422


@pytest.mark.parametrize(
    ("query", "header", "words"),
    [("", "fr-RW,fr;q=0.9", "peine non comprise"), ("?lang=rw", "fr", "igihano nticyumvikanye"),
     ("", "de", "sentence not understood")],
)  # fmt: skip
async def test_reasons_come_in_the_language_asked_for(
    officer: Caller,
    send: Send,
    deliveries: Deliveries,
    make_register: Register,
    make_row: Row,
    query: str,
    header: str,
    words: str,
) -> None:
    sent = await send(officer, make_register(make_row(1, Sentence="?")))
    await deliveries.scan("register.import")
    path = f"/v1/imports/{sent.json()['id']}/outcomes{query}"
    (item,) = (await officer.get(path, headers={"Accept-Language": header})).json()
    assert item["reason"] == words


async def test_answer_is_the_workbook_with_two_columns_more(
    officer: Caller, send: Send, deliveries: Deliveries, make_register: Register, make_row: Row
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(make_register(make_row(1), make_row(2, Sentence="?"), make_row(1))))
    book.active["B2"].font = openpyxl.styles.Font(bold=True)
    book.active["O2"].font = openpyxl.styles.Font(bold=True)
    book.active["A7"] = '=HYPERLINK("http://example.invalid","x")'
    out = io.BytesIO()
    book.save(out)
    sent = await send(officer, out.getvalue())
    await deliveries.scan("register.import")

    answer = await officer.get(f"/v1/imports/{sent.json()['id']}/answer")
    assert answer.headers["content-type"].startswith("application/vnd.openxmlformats")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert [[sheet.cell(row, column).value for column in (16, 17)] for row in (2, 3, 4, 5)] == [
        ["outcome", "reason"],
        ["admitted", None],
        ["rejected", "sentence not understood"],
        ["duplicate", "the same RCS number already in this file"],
    ]
    assert sheet["B2"].font.bold
    assert sheet["P2"].font.bold
    assert sheet["B3"].value == make_row(1)[1]
    assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)

    corrected = await send(officer, answer.content)
    await deliveries.scan("register.import")
    second = await officer.get(f"/v1/imports/{corrected.json()['id']}/answer?lang=fr")
    sheet = openpyxl.load_workbook(io.BytesIO(second.content)).active
    assert [sheet.cell(2, column).value for column in (16, 17, 18)] == ["résultat", "motif", None]
    assert [sheet.cell(row, 16).value for row in (3, 4, 5)] == ["doublon", "rejeté", "doublon"]


async def test_progress_is_told_until_the_end(
    officer: Caller, send: Send, deliveries: Deliveries, make_register: Register, make_row: Row
) -> None:
    sent = await send(officer, make_register(make_row(1), make_row(2)))
    await deliveries.scan("register.import")
    told = await officer.get(f"/v1/imports/{sent.json()['id']}/progress")
    assert told.headers["content-type"].startswith("text/event-stream")
    name, _, counts = told.text.strip().split("\n")
    assert name == "event: end"
    assert json.loads(counts.removeprefix("data: "))["admitted"] == 2


@pytest.mark.parametrize("tail", ["", "/rows", "/outcomes", "/answer", "/progress"])
async def test_import_of_another_facility_is_not_there(
    api: Api, officer: Caller, send: Send, make_register: Register, make_row: Row, tail: str
) -> None:
    sent = await send(officer, make_register(make_row(1)))
    stranger = api.as_("rcs_intake_officer", facility="MUS", sub="acc-other")
    answer = await stranger.get(f"/v1/imports/{sent.json()['id']}{tail}")
    assert (answer.status_code, answer.json()["code"]) == (404, "import-not-found")
    assert (await stranger.get("/v1/imports")).json()["items"] == []
    assert len((await officer.get("/v1/imports")).json()["items"]) == 1


async def test_same_bytes_of_another_facility_are_another_import(
    api: Api, officer: Caller, send: Send, make_register: Register, make_row: Row
) -> None:
    content = make_register(make_row(1))
    first = await send(officer, content)
    other = await send(api.as_("rcs_intake_officer", facility="MUS", sub="acc-other"), content)
    assert first.json()["id"] != other.json()["id"]
    assert other.json()["again"] is False


async def test_other_roles_may_not_import(api: Api, send: Send, make_register: Register, make_row: Row) -> None:
    for role in ("caseworker", "me_officer", "administrator", "rcs_psychosocial_officer"):
        assert (await send(api.as_(role, facility="HUY"), make_register(make_row(1)))).status_code == 403


async def test_outcomes_wait_for_the_end_and_leave_an_access_record(
    officer: Caller,
    send: Send,
    deliveries: Deliveries,
    database: ServiceDatabase,
    make_register: Register,
    make_row: Row,
) -> None:
    sent = await send(officer, make_register(make_row(1), make_row(2)))
    path = f"/v1/imports/{sent.json()['id']}/outcomes"
    assert (await officer.get(path)).json()["code"] == "import-not-done"
    await deliveries.scan("register.import")
    shown = {item["person_id"] for item in (await officer.get(path)).json()}
    (record,) = await database.events(access=True)
    assert {str(person) for person in record.person_ids} == shown  # type: ignore[attr-defined]  # an access record


async def test_no_name_and_no_number_is_stored_readable(
    officer: Caller,
    send: Send,
    deliveries: Deliveries,
    database: ServiceDatabase,
    make_register: Register,
    make_row: Row,
) -> None:
    await send(officer, make_register(make_row(1, Sentence="?", Names="UWIZEYE Canary")))
    await deliveries.scan("register.import")
    for table in ("register_import", "register_row", "outbox"):
        assert await database.value(f"SELECT count(*) FROM {table} t WHERE t::text ILIKE '%canary%'") == 0  # noqa: S608 - our own names


async def test_files_are_deleted_after_thirty_days_but_reviews_stay(
    officer: Caller,
    send: Send,
    deliveries: Deliveries,
    database: ServiceDatabase,
    clock: FixedClock,
    make_register: Register,
    make_row: Row,
) -> None:
    await send(officer, make_register(make_row(1), make_row(2, National_ID=make_row(1)[4])))
    await deliveries.scan("register.import")
    clock.set(clock.now() + timedelta(days=31))
    await deliveries.scan("register.retention")
    assert await database.value("SELECT count(*) FROM register_import WHERE ciphertext IS NOT NULL") == 0
    kept = await database.rows("SELECT outcome FROM register_row WHERE ciphertext IS NOT NULL")
    assert [row["outcome"] for row in kept] == ["review"]
