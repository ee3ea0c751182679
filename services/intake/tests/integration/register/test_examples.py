"""The example registers, imported as an officer does, become exactly what is expected of every row."""

import json
from pathlib import Path
from typing import Any

import pytest
from inzira_platform.testing.client import Api
from inzira_platform.testing.deliveries import Deliveries

EXAMPLES = Path(__file__).parents[2] / "examples"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = ("name", "sex", "born_on", "admitted_on", "sentence", "facility")


@pytest.mark.parametrize(("name", "facility"), [("huye", "HUY"), ("musanze", "MUS")])
async def test_every_row_becomes_what_is_expected(api: Api, deliveries: Deliveries, name: str, facility: str) -> None:
    expected = json.loads((EXAMPLES / f"register-{name}.expected.json").read_text())
    officer = api.as_("rcs_intake_officer", facility=facility)
    content = (EXAMPLES / f"register-{name}.xlsx").read_bytes()

    sent = await officer.request("POST", "/v1/imports", content=content, headers={"Content-Type": XLSX})
    assert sent.status_code == 202, sent.text
    await deliveries.scan("register.import")

    outcomes = (await officer.get(f"/v1/imports/{sent.json()['id']}/outcomes")).json()
    assert {item["row"]: _told(item) for item in outcomes} == {
        item["row"]: _told(item) for item in expected["outcomes"]
    }
    read = (await officer.get(f"/v1/imports/{sent.json()['id']}")).json()
    assert {key: read[key] for key in expected["counts"]} == expected["counts"]
    assert (read["state"], read["total"], read["heading_row"]) == ("DONE", expected["rows"], expected["header_row"])
    assert all((item["person_id"] is not None) for item in outcomes if item["outcome"] == "admitted")


def _told(item: dict[str, Any]) -> dict[str, Any]:
    """What the expectation says of a row."""
    told = {"outcome": item["outcome"], "reason": item.get("reason")}
    return told | {key: item[key] for key in SHOWN} if item["outcome"] == "admitted" else told
