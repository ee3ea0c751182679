"""Mandela Rule 7: nobody without an order, no section blank."""

import pytest
from inzira_intake.admission.domain import (
    Answer,
    CommitmentOrder,
    CommitmentOrderMissingError,
    Section,
    SectionAnswer,
    SectionMissingError,
    SectionTextError,
    require_order,
    require_sections,
    sections_unknown,
)


@pytest.mark.parametrize(
    ("number", "authority", "field"), [("", "TGI Huye", "order.number"), ("ORD/1", " - ", "order.authority")]
)
def test_an_order_needs_number_and_authority(number: str, authority: str, field: str) -> None:
    with pytest.raises(CommitmentOrderMissingError) as caught:
        require_order(CommitmentOrder(number, authority))
    assert caught.value.field == field


@pytest.mark.parametrize("missing", list(Section))
def test_no_section_may_be_left_out(missing: Section) -> None:
    answers = sections_unknown()
    del answers[missing]
    with pytest.raises(SectionMissingError) as caught:
        require_sections(answers)
    assert caught.value.field == f"sections.{missing.lower()}"


@pytest.mark.parametrize(
    "answer",
    [SectionAnswer(Answer.RECORDED), SectionAnswer(Answer.RECORDED, "  "), SectionAnswer(Answer.NONE, "x")],
)
def test_text_and_answer_must_agree(answer: SectionAnswer) -> None:
    with pytest.raises(SectionTextError):
        require_sections({**sections_unknown(), Section.PROPERTY: answer})


@pytest.mark.parametrize("answer", [Answer.NONE, Answer.UNKNOWN, Answer.DECLINED])
def test_none_unknown_and_declined_are_answers(answer: Answer) -> None:
    require_sections({**sections_unknown(), Section.FAMILY: SectionAnswer(answer)})


def test_a_register_gives_some_sections_and_leaves_the_rest_unknown() -> None:
    answers = require_sections(sections_unknown(contacts="next of kin as in the register", family=" "))
    assert answers[Section.CONTACTS].answer is Answer.RECORDED
    assert answers[Section.FAMILY].answer is Answer.UNKNOWN
