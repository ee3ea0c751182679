"""Taking a consent back: at once, by anybody who may write it down, once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from inzira_contracts.intake import ConsentWithdrawn
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.database import ServiceDatabase

Body = dict[str, Any]
Ask = Callable[..., Awaitable[Body]]


def withdrawal(made: Body) -> str:
    return f"/v1/consents/{made['id']}/withdrawal"


async def told(database: ServiceDatabase) -> list[ConsentWithdrawn]:
    return [event for event in await database.events() if isinstance(event, ConsentWithdrawn)]


async def test_a_withdrawal_counts_from_now_and_is_told(
    psychosocial: Caller, ask: Ask, database: ServiceDatabase
) -> None:
    made = await ask()
    answer = await psychosocial.post(withdrawal(made), {"reference": "said in the yard"})
    assert (answer.status_code, answer.json()["state"]) == (200, "WITHDRAWN")
    (event,) = await told(database)
    assert (str(event.consent_id), event.recipient, event.basis) == (made["id"], "PFR", "CONSENT")
    assert (event.recorded_by, event.stream) == ("acc-huye-psy", f"consent:{made['id']}")
    (shown,) = (await psychosocial.get(f"/v1/persons/{made['person_id']}/consents")).json()["items"]
    assert (shown["state"], shown["withdrawn_by"]) == ("WITHDRAWN", "acc-huye-psy")
    assert shown["withdrawal_reference"] == "said in the yard"


async def test_withdrawing_again_changes_nothing_and_tells_nobody_twice(
    officer: Caller, psychosocial: Caller, ask: Ask, database: ServiceDatabase
) -> None:
    made = await ask()
    first = await officer.post(withdrawal(made), {})
    answers = await asyncio.gather(*(psychosocial.post(withdrawal(made), {}) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert all(answer.json() == first.json() for answer in answers)
    assert len(await told(database)) == 1


async def test_withdrawn_at_the_same_time_it_is_told_once(officer: Caller, ask: Ask, database: ServiceDatabase) -> None:
    made = await ask()
    answers = await asyncio.gather(*(officer.post(withdrawal(made), {}) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await told(database)) == 1


async def test_a_withdrawal_replayed_answers_the_same(officer: Caller, ask: Ask) -> None:
    made, key = await ask(), {"Idempotency-Key": "one-withdrawal"}
    first = await officer.post(withdrawal(made), {}, headers=key)
    second = await officer.post(withdrawal(made), {}, headers=key)
    assert second.json() == first.json() and second.headers["Idempotency-Replayed"] == "true"
    assert (await officer.post(withdrawal(made), {}, keyed=False)).status_code == 428


async def test_who_may_write_a_withdrawal_down(
    api: Api, officer: Caller, elsewhere: Caller, protection: Caller, ask: Ask, database: ServiceDatabase
) -> None:
    made = await ask()
    await database.execute(
        "UPDATE person_scope SET worker_id = 'acc-cw', org = 'PFR' WHERE person_id = $1", made["person_id"]
    )
    callers = (
        (api.nobody(), 401),
        (api.as_("supervisor", org="DIDE"), 404),
        (protection, 403),
        (elsewhere, 404),
        (api.as_("caseworker", sub="acc-other", org="PFR"), 404),
    )
    for caller, status in callers:
        assert (await caller.post(withdrawal(made), {})).status_code == status
    assert await told(database) == []
    assert (await officer.post(withdrawal({"id": uuid4()}), {})).json()["code"] == "consent-not-found"
    assert (await officer.post(withdrawal({"id": "x"}), {})).status_code == 422
    assert (await officer.post(withdrawal(made), {"why": "x"})).status_code == 422
    assert (await api.as_("caseworker", sub="acc-cw", org="PFR").post(withdrawal(made), {})).status_code == 200


async def test_once_the_case_is_closed_the_organisations_supervisor_writes_it_down(
    api: Api, ask: Ask, database: ServiceDatabase
) -> None:
    """Nobody carries the person any more, and they may take a consent back at any time (Law 058/2021, Article 8)."""
    made = await ask()
    await database.execute(
        "UPDATE person_scope SET worker_id = NULL, org = 'PFR' WHERE person_id = $1", made["person_id"]
    )
    assert (await api.as_("caseworker", sub="acc-cw", org="PFR").post(withdrawal(made), {})).status_code == 404
    supervisor = api.as_("supervisor", sub="acc-sup", org="PFR")
    (shown,) = (await supervisor.get(f"/v1/persons/{made['person_id']}/consents")).json()["items"]
    assert (shown["id"], shown["state"]) == (made["id"], "ACTIVE")
    answer = await supervisor.post(withdrawal(made), {"reference": "came to the office"})
    assert (answer.status_code, answer.json()["state"]) == (200, "WITHDRAWN")
    (event,) = await told(database)
    assert (str(event.consent_id), event.recorded_by) == (made["id"], "acc-sup")


@pytest.mark.parametrize("role", ["facility", "caseload", "org", "oversight"])
async def test_the_database_lets_nobody_change_what_was_agreed(ask: Ask, database: ServiceDatabase, role: str) -> None:
    await ask()
    for act in ("UPDATE consent SET valid_to = valid_to", "DELETE FROM consent"):
        with pytest.raises(Exception, match="permission denied"):
            await database.execute(f"SET ROLE intake_s_{role}; {act}")
