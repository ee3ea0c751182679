"""Sentences as registers write them, in English, French and Kinyarwanda, to an ISO 8601 duration or LIFE.

Pure. Anything not wholly understood gives None: half a sentence understood is a wrong release date (domain.md 2.5).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from inzira_intake.register.words import fold
from inzira_intake.rulesets import load

LIFE = "LIFE"
_LIMITS = {"Y": 99, "M": 999, "D": 9999}
_ALLOWED = re.compile(r"[a-z0-9 ',.&+()\-:;]*")
_TOKEN = re.compile(r"\d+(?:[.,]5(?!\d))?|[a-z]+")
_PARENTHESES = re.compile(r"\([^)]*\)")
_ISO = re.compile(r"p(?=\d)(?:\d+y)?(?:\d+m)?(?:\d+d)?")


@dataclass(frozen=True)
class Words:
    """The words sentences are written with: for life, beside the number, units to Y M D W, numbers in words."""

    life: frozenset[str]
    beside: frozenset[str]
    units: Mapping[str, str]
    numbers: Mapping[str, int]


@cache
def _words() -> Words:
    listed = load("register")["sentence"]
    return Words(
        life=frozenset(listed["life"]),
        beside=frozenset(listed["beside"]),
        units={word: unit for unit, words in listed["units"].items() for word in words},
        numbers={word: value for value, words in listed["numbers"].items() for word in words},
    )


def read_sentence(cell: object) -> str | None:
    """`P<years>Y<months>M<days>D` with the parts as written (18 months stay P18M), LIFE, or None."""
    if not isinstance(cell, str):
        return None
    folded = fold(cell.replace("½", ",5")).replace("mirongo itatu", "trente")
    if _ISO.fullmatch(folded):
        return folded.upper() if _in_bounds(_iso_parts(folded)) else None
    if not folded or not _ALLOWED.fullmatch(folded):
        return None
    asides = _PARENTHESES.findall(folded)
    if not asides:
        return _read_words(folded)
    bare = _PARENTHESES.sub(" ", folded)
    if not all(_repeats(aside, bare) for aside in asides):
        return None
    return _read_words(bare) or _read_words(folded)


def _repeats(aside: str, bare: str) -> bool:
    """What stands in brackets only says the number again: `15 (quinze) ans`. `(suspended)` changes the sentence."""
    tokens = _TOKEN.findall(aside)
    counted = any(letter.isdigit() for letter in bare) or _is_life(_TOKEN.findall(bare))
    if counted and any(token[0].isdigit() for token in tokens):
        return False
    words = _words()
    known = (words.numbers, words.units, words.beside, words.life)
    return all(token[0].isdigit() or any(token in listed for listed in known) for token in tokens)


def _read_words(text: str) -> str | None:
    if re.search(r"(?:^|[\d\s])\s*-\s*\d|\d[.,][0-46-9]|\d[.,]5\d|\d\s+\d", text):
        return None
    tokens = _numbers_joined(_TOKEN.findall(text))
    if _is_life(tokens):
        return LIFE
    parts = _pairs(tokens)
    return _as_iso(parts) if parts and _in_bounds(parts) else None


def _numbers_joined(tokens: list[str]) -> list[str]:
    """`twenty five`, `vingt-cinq`, `cumi n'itanu`: tens and ones in words are one number."""
    numbers = _words().numbers
    joined: list[str] = []
    at = 0
    while at < len(tokens):
        tens = numbers.get(tokens[at], 0)
        linked = tokens[at + 1 : at + 2] == ["n"]
        ones = numbers.get(tokens[at + 1 + linked], 0) if at + 1 + linked < len(tokens) else 0
        if 0 < ones < 10 and (tens in (20, 30) or (tens == 10 and linked)):
            joined.append(str(tens + ones))
            at += 2 + linked
        else:
            joined.append(tokens[at])
            at += 1
    return joined


def _is_life(tokens: list[str]) -> bool:
    """A life word and nothing but words that go with it; `life + 5 years` is not understood."""
    life, beside = _words().life, _words().beside
    return any(token in life for token in tokens) and all(token in life or token in beside for token in tokens)


def _pairs(tokens: list[str]) -> dict[str, int] | None:
    """Every number with its unit, on whichever side it stands; None when a word or a number is left over."""
    parts: dict[str, int] = {}
    at = 0
    while at < len(tokens):
        here, following = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
        if _number(here) and following in _words().units:
            pair = (here, following)
        elif here in _words().units and len(here) > 1 and _number(following):
            pair = (following, here)
        elif here in _words().beside:
            at += 1
            continue
        elif _is_half(tokens, at) and "Y" in parts and "M" not in parts:
            parts["M"] = 6
            at += 2
            continue
        else:
            return None
        if not _add(parts, *pair):
            return None
        at += 2
    return parts


def _is_half(tokens: list[str], at: int) -> bool:
    """`2 ans et demi`, `2 years and a half`, `imyaka 2 n'igice`."""
    return tokens[at] in {"demi", "demie", "half", "igice"} and at == len(tokens) - 1


def _number(token: str) -> bool:
    return token[:1].isdigit() or token in _words().numbers


def _add(parts: dict[str, int], number: str, word: str) -> bool:
    """Put one pair among the parts; False when its unit is there already or a half makes no whole unit."""
    unit, half = _words().units[word], number.endswith((".5", ",5"))
    value = _words().numbers[number] if number in _words().numbers else int(re.split(r"[.,]", number)[0])
    if unit == "W":
        unit, value = "D", value * 7
    if unit in parts or (half and (unit != "Y" or "M" in parts)):
        return False
    parts[unit] = value
    if half:
        parts["M"] = 6
    return True


def _iso_parts(text: str) -> dict[str, int]:
    return {unit.upper(): int(number) for number, unit in re.findall(r"(\d+)([ymd])", text)}


def _in_bounds(parts: dict[str, int]) -> bool:
    return any(parts.values()) and all(value <= _LIMITS[unit] for unit, value in parts.items())


def _as_iso(parts: dict[str, int]) -> str:
    return "P" + "".join(f"{parts[unit]}{unit}" for unit in "YMD" if parts.get(unit))
