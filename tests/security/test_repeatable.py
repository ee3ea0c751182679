"""Two runs ask the same: what a run finds, the next one finds."""

import asyncio
import importlib.util
import sys
from pathlib import Path

import pytest
from contract import hold_to_contract
from fleet import Ground, caller_for
from inzira_platform.app import build_app
from listening import listening
from seeds import known_values, seed

NOISE = "\n".join(f"WORD_{at} = 'odd-word-{at}-åß'\nNUMBER_{at} = {at * 7919 + 104729}" for at in range(400))


async def generated(ground: Ground, name: str, paths: int) -> list[str]:
    """What a run over the first paths of a service's document draws; every run meets other ids."""
    async with ground.deployed(name) as deployed:
        await seed(deployed)
        known = await known_values(deployed)
        document = deployed.api.app.openapi()
        part = {**document, "paths": dict(sorted(document["paths"].items())[:paths])}
        app = build_app(deployed.service, deployed.settings, ground.clock)
        with listening(app) as server:
            findings = await asyncio.to_thread(
                hold_to_contract,
                server.url,
                part,
                lambda permission: ground.keys.token(caller_for(permission), name, ground.clock),
                known,
                examples=6,
            )
    return findings.generated


def a_module_more(folder: Path) -> None:
    """Another test's module full of constants, as another order of tests would have loaded."""
    file = folder / "noise_of_another_test.py"
    file.write_text(NOISE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)


async def test_two_runs_draw_the_same_requests_whatever_ran_before(ground: Ground, tmp_path: Path) -> None:
    first = await generated(ground, "tvet", 8)
    a_module_more(tmp_path)
    second = await generated(ground, "tvet", 8)
    assert len(first) > 100
    assert second == first


def test_what_one_operation_is_asked_does_not_depend_on_the_others() -> None:
    from nudges import Nudger

    alone, beside = Nudger({"id": ["a", "b", "c"]}, 7), Nudger({"id": ["a", "b", "c"]}, 7)
    seen = []
    for nudger, others in ((alone, 0), (beside, 5)):
        for at in range(others):
            nudger.begin(f"GET /other/{at}")
            nudger.body({"id": "x"})
        nudger.begin("POST /one")
        seen.append(nudger.body({"id": "x", "from_on": "y", "note": "z"}))
    assert seen[0] == seen[1]


@pytest.fixture(autouse=True)
def _without_noise_afterwards() -> None:
    """The module is this test's alone."""
    sys.modules.pop("noise_of_another_test", None)
