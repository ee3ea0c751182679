"""Invented people and the steps tests take with them."""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.consents import LONG_AGO
from inzira_platform.testing.database import ServiceDatabase

Body = dict[str, Any]
MakeAdmission = Callable[..., Body]
Admit = Callable[..., Awaitable[Body]]
Agree = Callable[[UUID, str], Awaitable[None]]

SECTIONS = ("identity", "reasons", "times", "injuries", "property", "family", "contacts")
_numbers = count(1)


@pytest.fixture
def make_admission() -> MakeAdmission:
    """The body of an admission of somebody who does not exist; keywords replace parts of it."""

    def make(**parts: Any) -> Body:  # noqa: ANN401 - JSON
        number, left_out = next(_numbers), {name for name, value in parts.items() if value is None}
        person = {
            "full_name": f"Invented Number{number:05d}",
            "sex": "M",
            "born_on": "1990-05-04",
            "rcs_number": f"TST-{number:05d}",
            "national_id": f"919908{number:010d}",
            "return_district": "24",
            **(parts.pop("person", {}) or {}),
        }
        body: Body = {
            "person": {name: value for name, value in person.items() if value is not None},
            "facility": "HUY",
            "admitted_at": "2024-03-01T09:30:00+02:00",
            "order": {"number": f"ORD/2024/{number}", "authority": "Invented court"},
            "legal_status": "CONVICTED_FINAL",
            "offences": ["THEFT"],
            "sections": {name: {"answer": "UNKNOWN"} for name in SECTIONS},
            "sentence": {"parts": [{"duration": "P4Y", "starts_on": "2024-02-01"}]},
        }
        body.update(parts)
        return {name: value for name, value in body.items() if name not in left_out}

    return make


@pytest.fixture
def officer(api: Api) -> Caller:
    """An intake officer of Huye."""
    return api.as_("rcs_intake_officer", facility="HUY", sub="acc-huye-1")


@pytest.fixture
def second_officer(api: Api) -> Caller:
    """Another one of Huye."""
    return api.as_("rcs_intake_officer", facility="HUY", sub="acc-huye-2")


@pytest.fixture
def elsewhere(api: Api) -> Caller:
    """An intake officer of Musanze."""
    return api.as_("rcs_intake_officer", facility="MUS", sub="acc-musanze-1")


@pytest.fixture
def admit(officer: Caller, make_admission: MakeAdmission) -> Admit:
    """Admit somebody to Huye; returns the answer."""

    async def admitting(**parts: Any) -> Body:  # noqa: ANN401 - JSON
        answer = await officer.post("/v1/admissions", make_admission(**parts))
        assert answer.status_code == 201, answer.text
        body: Body = answer.json()
        return body

    return admitting


@pytest.fixture
def agree(database: ServiceDatabase) -> Agree:
    """A person's consent to an organisation, standing since long ago, as far as it decides who sees them."""

    async def agreeing(person_id: UUID, org: str) -> None:
        await database.execute(
            "INSERT INTO casework_consent (consent_id, person_id, recipient, valid_from) VALUES ($1, $2, $3, $4)",
            new_id(),
            person_id,
            org,
            LONG_AGO,
        )

    return agreeing
