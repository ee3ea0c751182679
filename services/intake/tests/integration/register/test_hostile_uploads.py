"""Anything at all sent as a register: accepted, or refused by a problem document; no 5xx, nothing without bound."""

import asyncio
import io
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.testing.deliveries import Deliveries

EXAMPLE = (Path(__file__).parents[2] / "examples" / "register-huye.xlsx").read_bytes()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEGABYTE = 1 << 20
GIGABYTE = 1 << 30
Send = Callable[..., Awaitable[httpx2.Response]]
Register = Callable[..., bytes]
Row = Callable[..., list[Any]]


def is_answered_well(answer: httpx2.Response) -> None:
    """Accepted, or a problem of the client's with a code, in plain words."""
    assert answer.status_code == 202 or 400 <= answer.status_code < 500, answer.text
    if answer.status_code != 202:
        assert answer.headers["content-type"] == "application/problem+json"
        document = answer.json()
        assert document["status"] == answer.status_code and document["code"] and document["detail"]
        assert document["request_id"] == answer.headers["x-request-id"]


class Body:
    """A body of so many bytes, made only as far as it is read."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.read = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        block = b"PK\x03\x04" + b"\x00" * (MEGABYTE // 4 - 4)
        while self.read < self.size:
            self.read += len(block)
            yield block


@pytest.mark.parametrize(
    ("headers", "most"), [({"Content-Length": str(GIGABYTE)}, 0), ({}, 11 * MEGABYTE)], ids=["declared", "streamed"]
)
async def test_a_gigabyte_is_refused_early_and_takes_no_memory(
    officer: Caller, send: Send, database: ServiceDatabase, headers: dict[str, str], most: int
) -> None:
    body = Body(GIGABYTE)
    tracemalloc.start()
    try:
        answer = await send(officer, body, **headers)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert body.read <= most
    assert peak < 40 * MEGABYTE
    assert await database.value("SELECT count(*) FROM register_import") == 0


@st.composite
def harmed(draw: st.DrawFn) -> bytes:
    """A real register that was cut, had bits turned, or whose parts were spoilt before it was packed again."""
    kind = draw(st.sampled_from(["cut", "bits", "part", "noise"]))
    if kind == "cut":
        return EXAMPLE[: draw(st.integers(0, len(EXAMPLE) - 1))]
    if kind == "noise":
        return b"PK\x03\x04" + draw(st.binary(max_size=400))
    if kind == "bits":
        content = bytearray(EXAMPLE)
        for place in draw(st.lists(st.integers(0, len(EXAMPLE) * 8 - 1), min_size=1, max_size=20)):
            content[place // 8] ^= 1 << place % 8
        return bytes(content)
    return _spoilt(draw)


def _spoilt(draw: st.DrawFn) -> bytes:
    with zipfile.ZipFile(io.BytesIO(EXAMPLE)) as package:
        parts = {name: bytearray(package.read(name)) for name in package.namelist()}
    part = parts[draw(st.sampled_from(sorted(parts)))]
    at = draw(st.integers(0, len(part)))
    part[at : at + draw(st.integers(0, 40))] = draw(
        st.sampled_from([b"", b"<", b"&#0;", b"\xff\xfe", b"<c r='A1048577'/>", b"9" * 400, b"</sheetData>"])
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, bytes(content))
    return out.getvalue()


async def test_harmed_registers_are_accepted_or_refused_and_every_accepted_one_comes_to_an_end(
    api: Api, send: Send, deliveries: Deliveries, database: ServiceDatabase
) -> None:
    loop, statuses = asyncio.get_running_loop(), list[int]()
    officer = api.as_("rcs_intake_officer", facility="HUY")

    @settings(
        max_examples=60, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(content=harmed())
    def sends(content: bytes) -> None:
        answer = asyncio.run_coroutine_threadsafe(send(officer, content), loop).result(60)
        is_answered_well(answer)
        statuses.append(answer.status_code)

    await asyncio.to_thread(sends)
    assert {202, 415, 422} <= set(statuses), "the harm was not of every kind"
    while await database.value("SELECT count(*) FROM register_import WHERE state NOT IN ('DONE', 'FAILED')"):
        await deliveries.scan("register.import")
    failed = await database.rows(
        "SELECT DISTINCT problem ->> 'code' AS code FROM register_import WHERE state = 'FAILED'"
    )
    assert all(row["code"] and row["code"].startswith("register-") for row in failed), failed


def lively_rows() -> Iterator[dict[str, str]]:
    for beginning in ("=", "+", "-", "@"):
        yield {"Names": f"{beginning}cmd|'/c calc'!A0"}
        yield {"Authority": f'{beginning}HYPERLINK("https://evil.example")'}


async def test_a_register_full_of_formulas_is_answered_with_text(
    officer: Caller,
    send: Send,
    deliveries: Deliveries,
    database: ServiceDatabase,
    make_register: Register,
    make_row: Row,
) -> None:
    rows = [make_row(number, **given) for number, given in enumerate(lively_rows(), start=1)]
    sent = await send(officer, make_register(*rows))
    is_answered_well(sent)
    while await database.value("SELECT count(*) FROM register_import WHERE state NOT IN ('DONE', 'FAILED')"):
        await deliveries.scan("register.import")
    answer = await officer.get(f"/v1/imports/{sent.json()['id']}/answer")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        for name in package.namelist():
            part = package.read(name)
            assert b"<f>" not in part and b"<f " not in part and b"<hyperlink" not in part, name
