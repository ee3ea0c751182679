"""Registers nobody has seen before: made at random in three languages, each row with its truth."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inzira_intake.register.domain import Known, Outcome, Reason, decide_all
from inzira_intake.register.reading import read_register
from inzira_intake.register.rows import Rules
from register_vocabulary import HEADINGS
from register_workbooks import Person, RegisterMaker


@pytest.mark.parametrize("language", HEADINGS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000_000))
def test_every_row_becomes_what_it_truly_is(rules: Rules, language: str, seed: int) -> None:
    maker = RegisterMaker(seed, language, size=40)
    register = read_register(maker.workbook(), rules)
    decided = {draft.row: (draft, decision) for draft, decision in decide_all(register.drafts, Known(), None)}

    assert sorted(decided) == sorted(person.row for person in maker.people)
    for person in maker.people:
        draft, decision = decided[person.row]
        assert (decision.outcome, _reason_of(decision.reasons)) == (person.outcome, person.fault), (person, draft)
        if decision.outcome is Outcome.ADMITTED:
            assert (draft.name, draft.sex, draft.born_on, draft.admitted_on, draft.sentence, draft.facility_name) == (
                f"{person.family} {person.given}", person.sex, person.born, person.admitted, person.sentence,
                person.facility,
            )  # fmt: skip
            assert draft.starts_on == person.start


def _reason_of(reasons: tuple[Reason, ...]) -> str | None:
    """The one reason, its finer kinds folded into what the maker of the register tells apart."""
    assert len(reasons) <= 1
    if not reasons:
        return None
    return next((kind for kind in ("BIRTH_DATE", "LIKELY") if reasons[0].startswith(kind)), reasons[0].value)


def test_a_person_has_a_row_of_their_own() -> None:
    people: list[Person] = RegisterMaker(1, "en", size=30).people
    assert len(people) == 36
