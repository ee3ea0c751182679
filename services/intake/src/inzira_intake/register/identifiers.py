"""Sex words, RCS numbers, national identity numbers and telephone numbers. Pure (domain.md 2.4)."""

import re

from inzira_intake.register.words import clean, fold, plain_words
from inzira_intake.rulesets import load

_RCS_NUMBER = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9/.-]{1,31}")
_NATIONAL_ID = re.compile(r"[1239](?:19|20)\d{2}[78]\d{10}")
_PHONE = re.compile(r"\+2507[2389]\d{7}")
_TEST_PHONE = re.compile(r"\+250700\d{6}|\+25070\d{7}")


def read_sex(text: str) -> str | None:
    """`M` or `F`, from the words of three languages; None when it is neither."""
    word = plain_words(text)
    return next((sex for sex, words in load("register")["sex"].items() if word in words), None)


def digits_text(cell: object) -> str:
    """A cell as text; a whole number stored as 2000.0 is `2000`."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return clean(str(cell)) if cell is not None else ""


def rcs_key(number: str) -> str:
    """The same for one RCS number however typed: `huy 2000`, `HUY-2000` and `HUY – 2000` are one."""
    bare = re.sub(r"\s*([-/.])\s*", r"\1", fold(number)).upper()
    bare = re.sub(r"(?<=[A-Z])[-/. ]+(?=\d)|(?<=\d)[-/. ]+(?=[A-Z])", "", bare)
    return bare.replace(" ", "")


def rcs_display(number: str) -> str:
    """The RCS number as kept: capitals, one kind of dash, no spaces (`huy 2000` is `HUY-2000`)."""
    plain = re.sub(r"\s*([-/.])\s*", r"\1", fold(number)).upper()
    return re.sub(r"(?<=[A-Z])\s+(?=\d)", "-", plain).replace(" ", "")


def rcs_spellings(number: str) -> frozenset[str]:
    """How one RCS number may stand in the register of the service: with and without the dash."""
    key = rcs_key(number)
    return frozenset((rcs_display(number), key, re.sub(r"(?<=[A-Z])(?=\d)", "-", key, count=1)))


def is_rcs_number(number: str) -> bool:
    """2 to 32 capital letters, digits and the signs / . - with at least one digit."""
    return _RCS_NUMBER.fullmatch(number) is not None


def read_national_id(text: str) -> str | None:
    """The 16 digits, without the spaces and dashes people type; None when the form is wrong."""
    digits = re.sub(r"[\s.\-/']", "", fold(text))
    return digits if _NATIONAL_ID.fullmatch(digits) else None


def is_test_national_id(national_id: str) -> bool:
    """Class 9 is given to nobody: only invented people have it."""
    return national_id.startswith("9")


def disagrees(national_id: str, sex: str | None, birth_year: int | None) -> bool:
    """Whether the number's own year or sex digit contradicts the row: a warning, never a block."""
    year_differs = birth_year is not None and int(national_id[1:5]) != birth_year
    sex_differs = sex is not None and national_id[5] != {"M": "8", "F": "7"}[sex]
    return year_differs or sex_differs


def read_phone(text: str) -> str | None:
    """`+250…` from `07…`, `2507…` or `7…`; None when no Rwandan mobile (or invented test) number is meant."""
    digits = re.sub(r"[\s.\-/()]", "", fold(text))
    digits = re.sub(r"^(?:00250|\+?250)?0?(?=7)", "+250", digits)
    return digits if _PHONE.fullmatch(digits) or _TEST_PHONE.fullmatch(digits) else None
