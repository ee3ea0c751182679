"""What each kind of entry is called, in Kinyarwanda, French and English (gettext catalogues in `locale/`)."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from babel.messages.pofile import read_po

LANGUAGES = ("en", "fr", "rw")
DEFAULT = "en"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Label by summary code. Entries marked fuzzy are used: a native speaker has yet to review them."""
    path = files("inzira_gateway.journey") / "locale" / language / "LC_MESSAGES" / "journey.po"
    with path.open("rb") as file:
        messages = read_po(file, locale=language)
    return {str(message.id): str(message.string) for message in messages if message.id and message.string}


@cache
def is_reviewed(language: str) -> bool:
    """Whether no label of the language awaits review."""
    path = files("inzira_gateway.journey") / "locale" / language / "LC_MESSAGES" / "journey.po"
    with path.open("rb") as file:
        return not any(message.fuzzy for message in read_po(file, locale=language) if message.id)


def label(summary_code: str, refs: Mapping[str, Any], language: str) -> str:
    """The entry in words, with its codes in place; the code itself where no word is known."""
    base = summary_code.partition(":")[0]
    words = catalogue(language).get(summary_code) or catalogue(language).get(base) or summary_code
    try:
        return words.format_map(_Codes(refs))
    except (ValueError, IndexError):
        return words


def choose_language(asked: str | None, accepted: str | None) -> str:
    """The language asked for, else the first of Accept-Language that is known, else English."""
    if asked in LANGUAGES:
        return asked
    for part in (accepted or "").split(","):
        language = part.split(";")[0].strip().lower()[:2]
        if language in LANGUAGES:
            return language
    return DEFAULT


class _Codes(dict[str, Any]):
    """Leaves out what an entry does not carry."""

    def __missing__(self, key: str) -> str:
        return "–"
