"""The texts people agree to and the duties laws impose: versioned data with hashes (security.md 6). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any

from inzira_intake.consent.domain import (
    DataClass,
    DutyUnknownError,
    Language,
    Purpose,
    TextNotInForceError,
    TextUnknownError,
)
from inzira_intake.rulesets import load

FOREVER = date.max


class ChangedTextError(Exception):
    """A text is no longer what people agreed to: write a new version instead. The process must not serve it."""


@dataclass(frozen=True)
class AgreementText:
    """One agreement in one version and language; `body` ends with the clauses every agreement carries."""

    code: str
    version: int
    language: Language
    purpose: Purpose
    data_classes: frozenset[DataClass]
    body: str
    text_hash: str
    effective_from: date
    effective_until: date
    is_reviewed: bool

    def is_in_force(self, day: date) -> bool:
        """Whether it is the version to be read on `day`."""
        return self.effective_from <= day < self.effective_until


@dataclass(frozen=True)
class LegalDuty:
    """One law that demands that some data be given to some agencies."""

    code: str
    version: int
    purpose: Purpose
    recipients: frozenset[str]
    data_classes: frozenset[DataClass]
    law: str
    article: str
    is_confirmed: bool
    effective_from: date
    effective_until: date

    def is_in_force(self, day: date) -> bool:
        """Whether it is the state of the law on `day`."""
        return self.effective_from <= day < self.effective_until


def hash_of(code: str, version: int, language: str, body: str) -> str:
    """`sha256:` and the digest of exactly what was read out."""
    return "sha256:" + sha256("\n".join([code, str(version), language, body]).encode()).hexdigest()


@cache
def agreement_texts() -> tuple[AgreementText, ...]:
    """Every text in every version and language. Raises ChangedTextError when one is not what its hash says."""
    table = load("consent_texts")
    clauses = {row["version"]: row for row in table["clauses"]}
    return tuple(text for row in table["agreements"] for text in _texts(row, clauses))


@cache
def legal_duties() -> tuple[LegalDuty, ...]:
    """Every duty in every version."""
    return tuple(duty for row in load("legal_duties")["duties"] for duty in _duties(row))


def get_text(code: str, version: int, language: Language, day: date) -> AgreementText:
    """The text named. Raises TextUnknownError, or TextNotInForceError when another version was in force on `day`."""
    for text in agreement_texts():
        if (text.code, text.version, text.language) == (code, version, language):
            if not text.is_in_force(day):
                raise TextNotInForceError(field="agreement_version")
            return text
    raise TextUnknownError(field="agreement_code")


def get_duty(code: str, day: date) -> LegalDuty:
    """The duty as it stands on `day`. Raises DutyUnknownError."""
    for duty in legal_duties():
        if duty.code == code and duty.is_in_force(day):
            return duty
    raise DutyUnknownError(field="duty_code")


def _texts(row: Mapping[str, Any], clauses: Mapping[int, Mapping[str, Any]]) -> Iterable[AgreementText]:
    for entry, until in _periods(row["versions"]):
        shared = clauses[entry["clauses"]]
        for language in Language:
            body = "\n".join([entry["text"][language], *shared["text"][language]])
            digest = hash_of(row["code"], entry["version"], language, body)
            if entry["hash"].get(language) != digest:
                raise ChangedTextError(f"{row['code']} {entry['version']} {language}")
            yield AgreementText(
                code=row["code"],
                version=entry["version"],
                language=language,
                purpose=Purpose(row["purpose"]),
                data_classes=frozenset(map(DataClass, row["data_classes"])),
                body=body,
                text_hash=digest,
                effective_from=entry["effective_from"],
                effective_until=until,
                is_reviewed=shared["reviewed"][language],
            )


def _duties(row: Mapping[str, Any]) -> Iterable[LegalDuty]:
    for entry, until in _periods(row["versions"]):
        yield LegalDuty(
            code=row["code"],
            version=entry["version"],
            purpose=Purpose(row["purpose"]),
            recipients=frozenset(row["recipients"]),
            data_classes=frozenset(map(DataClass, row["data_classes"])),
            law=entry["law"],
            article=entry["article"],
            is_confirmed=entry["confirmed"],
            effective_from=entry["effective_from"],
            effective_until=until,
        )


def _periods(versions: list[dict[str, Any]]) -> Iterable[tuple[dict[str, Any], date]]:
    """Each version with the day the next one takes its place."""
    ends = [*(entry["effective_from"] for entry in versions[1:]), FOREVER]
    return zip(versions, ends, strict=True)
