"""Folding text, so that one word is one word however it was typed. Pure."""

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʹ`´′＇‛ʻ"), "'")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−－"), "-")
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xAD])
_PLAIN: dict[int, str | None] = {**_APOSTROPHES, **_DASHES, **_INVISIBLE, ord("°"): "o"}
_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def clean(text: str) -> str:
    """Outer spaces gone, inner runs of any white space one space, invisible characters gone."""
    kept = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    return _SPACES.sub(" ", kept).strip()


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Lower case, no accents, one kind of apostrophe and dash, single spaces (`Né(e)` → `ne(e)`)."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _SPACES.sub(" ", bare.casefold()).strip()


@lru_cache(maxsize=8192)
def plain_words(text: str) -> str:
    """Only letters and digits, single spaces: `N° d'Écrou :` → `no d ecrou`."""
    return _NOT_WORD.sub(" ", fold(text.replace("#", " no "))).strip()
