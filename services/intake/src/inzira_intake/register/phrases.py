"""Outcomes, reasons and notices in words: English here, Kinyarwanda and French in the message catalogues.

The catalogues are gettext `.po` files in `locale/`; Kinyarwanda entries marked fuzzy wait for a native reviewer and
are used meanwhile.
"""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

from inzira_intake.register.domain import Notice, Outcome, Reason

LANGUAGES = ("en", "rw", "fr")

REASONS: dict[Reason, str] = {
    Reason.RCS_NUMBER_MISSING: "RCS number missing",
    Reason.RCS_NUMBER_NOT_UNDERSTOOD: "RCS number not understood",
    Reason.NAME_MISSING: "name missing",
    Reason.SEX_MISSING: "sex missing",
    Reason.SEX_NOT_UNDERSTOOD: "sex not understood",
    Reason.BIRTH_DATE_MISSING: "date of birth missing",
    Reason.BIRTH_DATE_NOT_A_DATE: "date of birth is not a date",
    Reason.BIRTH_DATE_SHORT_YEAR: "date of birth is not a date: write the year with four digits",
    Reason.BIRTH_DATE_IN_FUTURE: "date of birth is in the future",
    Reason.FACILITY_MISSING: "facility missing",
    Reason.FACILITY_UNKNOWN: "facility unknown",
    Reason.FACILITY_OF_OTHERS: "another facility's row: only that facility may import it",
    Reason.ADMISSION_DATE_MISSING: "date of admission missing",
    Reason.ADMISSION_DATE_NOT_A_DATE: "date of admission is not a date",
    Reason.ADMISSION_DATE_SHORT_YEAR: "date of admission is not a date: write the year with four digits",
    Reason.ADMISSION_DATE_IN_FUTURE: "date of admission is in the future",
    Reason.ADMITTED_BEFORE_BIRTH: "admitted before birth",
    Reason.AGE_IMPOSSIBLE: "date of birth and date of admission give an age that cannot be",
    Reason.ORDER_MISSING: "commitment order missing",
    Reason.AUTHORITY_MISSING: "authority of the commitment order missing",
    Reason.SENTENCE_NOT_UNDERSTOOD: "sentence not understood",
    Reason.SENTENCE_START_MISSING: "start of sentence missing",
    Reason.SENTENCE_START_NOT_A_DATE: "start of sentence is not a date",
    Reason.SENTENCE_START_SHORT_YEAR: "start of sentence is not a date: write the year with four digits",
    Reason.SENTENCE_START_IN_FUTURE: "start of sentence is in the future",
    Reason.SENTENCE_BEFORE_BIRTH: "start of sentence is before birth",
    Reason.REFUSED_BY_RULE: "refused by a rule of admission: enter this person by hand to see which",
    Reason.NUMBER_IN_FILE: "the same RCS number already in this file",
    Reason.NUMBER_KNOWN: "the same RCS number already in the register",
    Reason.LIKELY_BY_NATIONAL_ID: "likely the same person: same national identity number, other RCS number",
    Reason.LIKELY_BY_NAME_AND_BIRTH: "likely the same person: same name and date of birth, other RCS number",
}
NOTICES: dict[Notice, str] = {
    Notice.NATIONAL_ID_MALFORMED: "note: the national identity number is malformed and was left out",
    Notice.NATIONAL_ID_DISAGREES: "note: the national identity number disagrees with the date of birth or the sex",
    Notice.PHONE_MALFORMED: "note: the telephone number was not understood and was left out",
    Notice.DISTRICT_UNKNOWN: "note: the district of return is unknown and was left out",
    Notice.OFFENCE_UNKNOWN: "note: the offence is not in the list; its words were kept",
    Notice.OTHER_PERSON_SAME_NUMBER: "note: the earlier row has another name and date of birth; check the RCS number",
}


@cache
def _catalogue(language: str) -> dict[str, str]:
    """English words to those of `language`; empty for English."""
    if language not in LANGUAGES or language == "en":
        return {}
    place = files("inzira_intake").joinpath("locale", language, "LC_MESSAGES", "register.po")
    with place.open("rb") as opened:
        catalogue = read_po(opened, locale=language, abort_invalid=True)
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}


def in_words(text: str, language: str) -> str:
    """`text` (an English phrase of this module) in `language`; English where no translation stands."""
    return _catalogue(language).get(text, text)


def outcome_in_words(outcome: Outcome, language: str) -> str:
    """The outcome as a word."""
    return in_words(outcome.value, language)


def reason_in_words(codes: Iterable[str], language: str = "en") -> str | None:
    """All reasons of a row joined by `; `; None when there is none."""
    return "; ".join(in_words(REASONS[Reason(code)], language) for code in codes) or None


def notices_in_words(codes: Iterable[str], language: str = "en") -> str | None:
    """All notices of a row joined by `; `; None when there is none."""
    return "; ".join(in_words(NOTICES[Notice(code)], language) for code in codes) or None


def choose_language(asked: str | None, accepted: str | None) -> str:
    """`asked` (a `lang` parameter) when it is ours, else the best of an Accept-Language header, else English."""
    if asked in LANGUAGES:
        return asked
    ranked: list[tuple[float, str]] = []
    for part in (accepted or "").split(",")[:20]:
        name, _, quality = part.strip().partition(";q=")
        language = name.strip().lower().split("-")[0]
        if language in LANGUAGES:
            ranked.append((-_quality(quality), language))
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else "en"


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
