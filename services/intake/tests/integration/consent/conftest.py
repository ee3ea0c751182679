"""A person who may be asked, and those who ask."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from inzira_platform.testing.client import Api, Caller

Body = dict[str, Any]
Admit = Callable[..., Awaitable[Body]]
Ask = Callable[..., Awaitable[Body]]


@pytest.fixture
def make_consent() -> Callable[..., Body]:
    """The body of a consent by word of mouth; keywords replace parts, None leaves one out."""

    def make(**parts: Any) -> Body:  # noqa: ANN401 - JSON
        body: Body = {
            "purpose": "reintegration_support",
            "recipient": "PFR",
            "data_classes": ["IDENTITY", "REINTEGRATION"],
            "agreement_code": "SHARE-REINTEGRATION",
            "agreement_version": 1,
            "language": "rw",
            "method": "ORAL",
            "valid_to": "2027-11-23T10:00:00Z",
            "witness": {"role": "CHAPLAIN", "full_name": "Invented Witness"},
        }
        body.update(parts)
        return {name: value for name, value in body.items() if value is not None}

    return make


@pytest.fixture
def psychosocial(api: Api) -> Caller:
    """A psychosocial officer of Huye."""
    return api.as_("rcs_psychosocial_officer", facility="HUY", sub="acc-huye-psy")


@pytest.fixture
def protection(api: Api) -> Caller:
    """The data-protection officer."""
    return api.as_("data_protection_officer", sub="acc-dpo")


@pytest.fixture
def ask(officer: Caller, admit: Admit, make_consent: Callable[..., Body]) -> Ask:
    """Admit somebody and record their consent; the answer, with the person's id."""

    async def asking(**parts: Any) -> Body:  # noqa: ANN401 - JSON
        person_id = parts.pop("person_id", None) or (await admit())["person_id"]
        answer = await officer.post(f"/v1/persons/{person_id}/consents", make_consent(**parts))
        assert answer.status_code == 201, answer.text
        return {**answer.json(), "person_id": person_id}

    return asking
