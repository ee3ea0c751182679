"""The texts and duties as they are kept."""

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from inzira_intake.consent import texts
from inzira_intake.consent.domain import DutyUnknownError, Language, Purpose, TextNotInForceError, TextUnknownError
from inzira_intake.consent.texts import agreement_texts, get_duty, get_text, hash_of, legal_duties
from inzira_intake.rulesets import load

DAY = date(2026, 11, 23)
NO_EFFECT = {"en": "no effect on your custody", "fr": "aucun effet sur votre détention", "rw": "nta ngaruka"}
PAROLE = {"en": "parole", "fr": "libération conditionnelle", "rw": "ifungurwa ry'agateganyo"}


@pytest.fixture
def fresh() -> Iterator[None]:
    agreement_texts.cache_clear()
    yield
    agreement_texts.cache_clear()


@pytest.mark.parametrize("text", agreement_texts(), ids=lambda text: f"{text.code}-{text.language}")
def test_every_text_says_that_refusing_has_no_effect(text: texts.AgreementText) -> None:
    assert NO_EFFECT[text.language] in text.body
    assert PAROLE[text.language] in text.body
    assert set(re.findall(r"\{(\w+)\}", text.body)) == {"data_classes", "recipient", "valid_to"}
    assert text.text_hash == hash_of(text.code, text.version, text.language, text.body)


def test_every_purpose_but_custody_has_one_text_per_language() -> None:
    current = [(text.purpose, text.language) for text in agreement_texts() if text.is_in_force(DAY)]
    wanted = {(p, one) for p in Purpose if p is not Purpose.CUSTODY_MANAGEMENT for one in Language}
    assert len(current) == len(set(current)) and set(current) == wanted


def test_a_text_changed_in_place_is_refused(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    table: dict[str, Any] = deepcopy(load("consent_texts"))
    table["agreements"][0]["versions"][0]["text"]["rw"] += " "
    monkeypatch.setattr(texts, "load", lambda _: table)
    with pytest.raises(texts.ChangedTextError):
        agreement_texts()


def test_a_new_version_takes_the_place_of_the_old_on_its_day(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    table: dict[str, Any] = deepcopy(load("consent_texts"))
    agreement = table["agreements"][0]
    old = agreement["versions"][0]
    shared = table["clauses"][0]["text"]
    hashes = {one: hash_of(agreement["code"], 2, one, "\n".join([old["text"][one], *shared[one]])) for one in Language}
    agreement["versions"].append({**old, "version": 2, "effective_from": DAY, "hash": hashes})
    monkeypatch.setattr(texts, "load", lambda _: table)
    code, before = agreement["code"], date(2026, 11, 22)
    assert get_text(code, 1, Language.RW, before).version == 1
    assert get_text(code, 2, Language.RW, DAY).version == 2
    for version, day in ((1, DAY), (2, before)):
        with pytest.raises(TextNotInForceError):
            get_text(code, version, Language.RW, day)


def test_a_text_nobody_wrote() -> None:
    with pytest.raises(TextUnknownError):
        get_text("SHARE-EVERYTHING", 1, Language.EN, DAY)


def test_duties_name_law_and_article_and_say_what_is_unconfirmed() -> None:
    assert legal_duties()
    for duty in legal_duties():
        assert duty.law and duty.article and duty.recipients and duty.data_classes
        assert not duty.is_confirmed
    assert get_duty("COURT-ORDER", DAY).version == 1
    with pytest.raises(DutyUnknownError):
        get_duty("COURT-ORDER", date(1990, 1, 1))
