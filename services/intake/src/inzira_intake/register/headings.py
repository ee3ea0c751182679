"""Which column is which: the headings of registers in English, French and Kinyarwanda. Pure.

The rules are data (`rulesets/register.yaml`), tried in order on the folded heading; the first that matches names
the column. A column that only looks alike (place of birth, end of sentence, father's name, serial number) is known
too, as none of ours.
"""

import re
from enum import StrEnum
from functools import cache, lru_cache

from inzira_intake.register.words import plain_words
from inzira_intake.rulesets import load

MAX_HEADING = 120


class Field(StrEnum):
    """What a register column holds."""

    RCS_NUMBER = "rcs_number"
    NAME = "name"
    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"
    SEX = "sex"
    BORN_ON = "born_on"
    NATIONAL_ID = "national_id"
    PHONE = "phone"
    NEXT_OF_KIN = "next_of_kin"
    FACILITY = "facility"
    ADMITTED_ON = "admitted_on"
    ORDER = "order"
    AUTHORITY = "authority"
    OFFENCE = "offence"
    SENTENCE = "sentence"
    STARTS_ON = "starts_on"
    RETURN_DISTRICT = "return_district"


NEEDED = (
    Field.RCS_NUMBER,
    Field.NAME,
    Field.SEX,
    Field.BORN_ON,
    Field.FACILITY,
    Field.ADMITTED_ON,
    Field.ORDER,
    Field.AUTHORITY,
    Field.SENTENCE,
    Field.STARTS_ON,
)

Rule = tuple[Field | None, int, re.Pattern[str]]


@cache
def _rules() -> tuple[Rule, ...]:
    """The rules of `rulesets/register.yaml`, their named word lists put in."""
    words = {name: "(?:" + "|".join(listed) + ")" for name, listed in load("register")["words"].items()}
    return tuple(
        (
            None if rule["field"] == "none" else Field(rule["field"]),
            rule["rank"],
            re.compile(re.sub(r"<(\w+)>", lambda found: words[found[1]], "|".join(rule["patterns"]))),
        )
        for rule in load("register")["headings"]
    )


@lru_cache(maxsize=4096)
def recognise(heading: str) -> tuple[Field, int] | None:
    """The field a heading names and how surely (2 by its own words, 1 alike, 0 a bare number); None for others.

    A heading in two languages (`Names / Amazina`, `Sexe (Igitsina)`) is tried whole, then without its brackets,
    then part by part.
    """
    if len(heading) > MAX_HEADING:
        return None
    whole = _first_rule(plain_words(heading))
    if whole is not None and (whole[0] is None or whole[1] == 2):
        return None if whole[0] is None else (whole[0], whole[1])
    without_asides = re.sub(r"\([^)]{3,}\)", " ", heading)
    parts = [without_asides, *re.split(r"[/|()\n;]| [-–—] ", heading)]
    found = [rule for part in parts if (rule := _first_rule(plain_words(part))) and rule[0] is not None]
    best = max(found, key=lambda rule: rule[1], default=whole)
    return None if best is None or best[0] is None else (best[0], best[1])


def _first_rule(words: str) -> tuple[Field | None, int] | None:
    if not words:
        return None
    return next(((field, rank) for field, rank, pattern in _rules() if pattern.search(words)), None)


def read_headings(cells: list[object]) -> dict[Field, int]:
    """Column index by field, for one line of headings; where two columns claim a field the surer, then the first."""
    claims: dict[Field, tuple[int, int]] = {}
    for column, cell in enumerate(cells):
        found = recognise(cell) if isinstance(cell, str) else None
        if found is None:
            continue
        field, rank = found
        if field not in claims or rank > claims[field][0]:
            claims[field] = (rank, column)
    return _names_settled({field: column for field, (_, column) in claims.items()})


def _names_settled(columns: dict[Field, int]) -> dict[Field, int]:
    """`Nom` beside `Prénoms` is the family name, `Name` beside `Surname` the given name."""
    settled = dict(columns)
    if Field.NAME in settled and Field.GIVEN_NAME in settled and Field.FAMILY_NAME not in settled:
        settled[Field.FAMILY_NAME] = settled.pop(Field.NAME)
    elif Field.NAME in settled and Field.FAMILY_NAME in settled and Field.GIVEN_NAME not in settled:
        settled[Field.GIVEN_NAME] = settled.pop(Field.NAME)
    return settled


def missing_fields(columns: dict[Field, int]) -> list[Field]:
    """The needed columns that are not there; a family name and a given name together are a name."""
    has_name = Field.NAME in columns or {Field.FAMILY_NAME, Field.GIVEN_NAME} <= columns.keys()
    return [field for field in NEEDED if field not in columns and not (field is Field.NAME and has_name)]
