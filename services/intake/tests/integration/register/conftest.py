"""What tests of imports share: registers of a few rows, the officer who sends them, the worker that decides them."""

import io
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx2
import openpyxl
import pytest
from inzira_platform.clock import FixedClock
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.deliveries import Deliveries

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = (
    "RCS No", "Names", "Sex", "Date of birth", "National ID", "Telefoni", "Umuryango", "Facility",
    "Date of admission", "Commitment order", "Authority", "Offence", "Sentence", "Start of sentence",
    "District of return",
)  # fmt: skip
Send = Callable[..., Awaitable[httpx2.Response]]
Register = Callable[..., bytes]


@pytest.fixture
def clock() -> FixedClock:
    """The day the examples were written for."""
    return FixedClock(datetime(2026, 11, 1, 9, 0, tzinfo=UTC))


@pytest.fixture
def officer(api: Api) -> Caller:
    """An intake officer of Huye."""
    return api.as_("rcs_intake_officer", facility="HUY")


@pytest.fixture
def make_row() -> Callable[..., list[Any]]:
    """A good row by its number; any column may be given otherwise by its heading."""

    def make(number: int, **given: Any) -> list[Any]:  # noqa: ANN401 - cells of any type
        year = 1960 + number % 40
        cells: dict[str, Any] = {
            "RCS No": f"HUY-{3000 + number}", "Names": f"UWASE Agnès {_letters(number)}", "Sex": "F",
            "Date of birth": f"05/06/{year}", "National ID": f"9{year}7{number:07d}001", "Telefoni": "+250700123456",
            "Umuryango": "Josiane Uwase", "Facility": "Karubanda", "Date of admission": "3/4/2018",
            "Commitment order": f"ORD/2018/{number:04d}", "Authority": "High Court Nyanza", "Offence": "Theft",
            "Sentence": "imyaka 15 n'amezi 6", "Start of sentence": "3/4/2018", "District of return": "Gasabo",
        }  # fmt: skip
        cells.update({name.replace("_", " "): value for name, value in given.items()})
        return [cells[name] for name in HEADINGS]

    return make


@pytest.fixture
def make_register() -> Register:
    """A workbook of rows, under a title and headings."""

    def make(*rows: Sequence[Any], title: str = "Huye: register") -> bytes:
        book = openpyxl.Workbook()
        book.active.append([title])
        book.active.append(list(HEADINGS))
        for row in rows:
            book.active.append(list(row))
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return make


@pytest.fixture
def send() -> Send:
    """Send a register as a caller."""

    async def post(caller: Caller, content: bytes, media: str = XLSX, **headers: str) -> httpx2.Response:
        return await caller.request("POST", "/v1/imports", content=content, headers={"Content-Type": media, **headers})

    return post


@pytest.fixture
def decided(send: Send, deliveries: Deliveries) -> Callable[..., Awaitable[list[dict[str, Any]]]]:
    """Send a register, let the worker decide it, and give the outcomes."""

    async def run(caller: Caller, content: bytes) -> list[dict[str, Any]]:
        sent = await send(caller, content)
        assert sent.status_code == 202, sent.text
        await deliveries.scan("register.import")
        found = await caller.get(f"/v1/imports/{sent.json()['id']}/outcomes")
        assert found.status_code == 200, found.text
        outcomes: list[dict[str, Any]] = found.json()
        return outcomes

    return run


def _letters(number: int) -> str:
    """A name that no other number has, without digits."""
    return "Ba" + "".join(chr(ord("a") + int(digit)) for digit in str(number))
