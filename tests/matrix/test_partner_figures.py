"""Every partner with every kind of grant of figures, every cube: numbers that are written, or the refusal that is."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest
from counting import Counting
from fleet import Ground
from seed_figures import CUBES, STATUS, figures, readers
from statistics_scene import DISTRICTS, STATS

READERS = sorted(readers())
FOR_ONE_REASON = sorted(name for name, reader in readers().items() if reader.but_for)
OF_EVERY_GRANT = {"id", "client_id", "version"}


@pytest.fixture(scope="module")
async def counting(
    module_ground: Ground, record_testsuite_property: Callable[[str, object], None]
) -> AsyncIterator[Counting]:
    """Everybody of the figures in `policy/partners.yaml`; at the end, how many cells were asked, none of them twice."""
    async with Counting.begun(module_ground) as made:
        yield made
        assert {cell: count for cell, count in made.cells.items() if count > 1} == {}, "asked twice"
        print(f"cells of figures: {made.cells.total()}")
        record_testsuite_property("matrix_partner_figures", made.cells.total())


def code_of(answer: httpx2.Response) -> str:
    """The code of a refusal; its status is that of the code."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    code: str = answer.json()["code"]
    assert answer.status_code == STATUS[code]
    return code


@pytest.mark.parametrize("cube", CUBES)
@pytest.mark.parametrize("partner", READERS)
async def test_a_partner_reads_the_numbers_of_its_grants_or_is_refused(
    counting: Counting, partner: str, cube: str
) -> None:
    wanted = readers()[partner].answer(cube)
    if isinstance(wanted, str):
        assert code_of(await counting.ask(partner, f"{STATS}/{cube}")) == wanted
    else:
        assert await counting.numbers(partner, cube) == wanted


@pytest.mark.parametrize("partner", READERS)
async def test_the_cubes_that_are_listed_are_those_that_may_be_read(counting: Counting, partner: str) -> None:
    wanted = readers()[partner]
    answer = await counting.ask(partner, STATS)
    if wanted.reads:
        assert answer.status_code == 200, answer.text
        assert {cube["name"] for cube in answer.json()["cubes"]} == set(wanted.reads)
    else:
        assert code_of(answer) == wanted.refused


@pytest.mark.parametrize("partner", FOR_ONE_REASON)
async def test_who_is_refused_is_refused_for_the_one_reason_that_is_written(counting: Counting, partner: str) -> None:
    """Its grant is that of `national` in everything else: a grant that says nothing right refuses too."""
    row, like = [await _grant_of(counting, name) for name in (partner, "national")]
    assert {name for name in row if row[name] != like[name]} - OF_EVERY_GRANT == readers()[partner].but_for


async def _grant_of(counting: Counting, partner: str) -> dict[str, Any]:
    (grant,) = counting.crowd.grants[partner]
    (row,) = await counting.gateway.database.rows("SELECT * FROM partner_grant WHERE id = $1", grant)
    return row


def test_no_two_partners_have_the_same_grants() -> None:
    """A line that repeats another one tests nothing."""
    terms = ("grants", "agency", "switched_off")
    held = [{term: given.get(term) for term in terms} for given in figures()["partners"].values()]
    assert all(one not in held[number + 1 :] for number, one in enumerate(held))


async def test_a_grant_lets_in_for_its_own_purpose_alone(counting: Counting) -> None:
    wanted = {"national": "not-granted", "suspended": "not-granted", "of_persons": "not-granted", "other_purpose": None}
    for partner, code in wanted.items():
        answer = await counting.ask(partner, f"{DISTRICTS}?release=2026-11", {"X-Purpose": "research"})
        assert (code_of(answer) if answer.status_code != 200 else None) == code, partner
