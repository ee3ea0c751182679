"""Names, as on the identity card: family name first. Pure.

domain.md 2.4: names are one text; the order is only for reading, and matching never depends on it.
"""

import re
from functools import cache

from inzira_intake.register.words import clean, fold
from inzira_intake.rulesets import load
from inzira_intake.wording import fold as plainly

MAX_LENGTH = 200
_EDGES = ' .,;:*"«»“”()[]'
_PART = re.compile(r"([-'’ʼ‘])")


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(load("register")["names"][name])


def read_name(text: str) -> str | None:
    """The name, family name first, each part with a capital; None when there is no name in the text.

    A token in capitals is the family name (`MUKAMANA Évariste`); where none or all are, a comma tells, or a last
    token that is a given name by its nature (`Habimana Jean`); else the last token is the family name, or the first
    when all is in capitals, as on identity cards.
    """
    tokens = _tokens(text.replace(",", " "))
    if not any(sum(letter.isalpha() for letter in token) > 1 for token in tokens) or fold(clean(text)) in _words(
        "absent"
    ):
        return None
    family, given = _split(text, tokens)
    return " ".join(_capitalised(token) for token in family + given)[:MAX_LENGTH]


def join_name(family: str, given: str) -> str | None:
    """The name from two columns, or from the one that is filled in."""
    family_tokens, given_tokens = _tokens(family), _tokens(given)
    if not family_tokens or not given_tokens:
        return read_name(family or given)
    if {fold(t) for t in family_tokens} <= {fold(t) for t in given_tokens}:
        known = {fold(t) for t in family_tokens}
        given_tokens = [t for t in given_tokens if fold(t) not in known]
    joined = " ".join(_capitalised(token) for token in family_tokens + given_tokens)
    return joined[:MAX_LENGTH] if any(letter.isalpha() for letter in joined) else None


def name_key(name: str) -> str:
    """The same for the same name in any order, case, accents or hyphens: what likely persons are found by."""
    return " ".join(sorted(plainly(name).split()))


def _tokens(text: str) -> list[str]:
    tokens = [token.strip(_EDGES) for token in clean(text).split(" ")]
    return [token for token in tokens if any(letter.isalpha() for letter in token)]


def _split(text: str, tokens: list[str]) -> tuple[list[str], list[str]]:
    if len(tokens) > 1 and fold(tokens[0]) in _words("titles"):
        tokens = tokens[1:]
    capitals = [token for token in tokens if _in_capitals(token)]
    if capitals and len(capitals) < len(tokens):
        return _around_capitals(tokens)
    before, comma, _ = text.partition(",")
    if comma and (count := len(_tokens(before))) and count < len(tokens):
        return tokens[:count], tokens[count:]
    if _is_given(tokens[-1]) and not _is_given(tokens[0]):
        return tokens[:1], tokens[1:]
    if capitals and not (_is_given(tokens[0]) and not _is_given(tokens[-1])):
        return tokens, []
    return _last_as_family(tokens)


def _is_given(token: str) -> bool:
    return fold(token).split("-")[0] in _words("given")


def _around_capitals(tokens: list[str]) -> tuple[list[str], list[str]]:
    """Capitals are the family name, with a particle that stands right before them."""
    family = [_in_capitals(token) for token in tokens]
    for at in range(len(tokens) - 1, 0, -1):
        if family[at] and not family[at - 1] and fold(tokens[at - 1]) in _words("particles"):
            family[at - 1] = True
    return (
        [token for token, is_family in zip(tokens, family, strict=True) if is_family],
        [token for token, is_family in zip(tokens, family, strict=True) if not is_family],
    )


def _last_as_family(tokens: list[str]) -> tuple[list[str], list[str]]:
    start = len(tokens) - 1
    if fold(tokens[-1]) not in _words("after_particle"):
        while start > 1 and fold(tokens[start - 1]) in _words("particles"):
            start -= 1
    return tokens[start:], tokens[:start]


def _in_capitals(token: str) -> bool:
    """At least two letters, all capitals: an initial is not a family name."""
    return token.isupper() and sum(letter.isalpha() for letter in token) > 1


def _capitalised(token: str) -> str:
    """`MUKAMANA`, `mukamana` → `Mukamana`; `jean-bosco` → `Jean-Bosco`; `d'Amour`, `de` and `McDonald` stay."""
    if token.islower() and token in _words("particles"):
        return token
    parts = _PART.split(token)
    elided = parts[0] == "d" and len(parts) > 1
    return "".join(part if at == 0 and elided else _with_capital(part) for at, part in enumerate(parts))


def _with_capital(part: str) -> str:
    return part[:1].upper() + (part[1:].lower() if part.isupper() else part[1:])
