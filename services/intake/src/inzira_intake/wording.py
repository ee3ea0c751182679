"""How text is compared: without accents, case or punctuation, for places, offences and names. Pure."""

import re
import unicodedata

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_APOSTROPHE = re.compile(r"['\u2018\u2019\u02bc`\u00b4]")
_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """`text` in lower case, without accents and apostrophes, every other sign turned into one space."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", text))
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _NOT_WORD.sub(" ", bare.casefold()).strip()


def tidy(text: str) -> str:
    """`text` in composed form with single spaces, otherwise as it was written."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
