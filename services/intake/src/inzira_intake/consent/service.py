"""Use cases: record a consent, take it back, show the history; record what a law demands, and its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.casework import PURPOSE, Agreement, Ending, end_consents, keep_consents
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit, record_access
from inzira_platform.page import PageRequest
from inzira_platform.scope import as_system
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.consent import events, repository
from inzira_intake.consent.domain import (
    Basis,
    ConsentNotFoundError,
    ConsentOverlapsError,
    DataClass,
    Guardian,
    Language,
    Method,
    Period,
    Purpose,
    TextForOtherPurposeError,
    Witness,
    require_by_consent,
    require_consent,
    require_consent_period,
    require_covered,
    require_guardian,
    require_proof,
    youngest_age,
)
from inzira_intake.consent.models import Consent
from inzira_intake.consent.texts import AgreementText, get_text
from inzira_intake.custody.domain import PersonDeceasedError
from inzira_intake.custody.timeline import local_day
from inzira_intake.person import service as people
from inzira_intake.person.domain import PersonNotFoundError
from inzira_intake.vault import Vault

WITNESS_PLACE = "consent|witness_name"
GUARDIAN_PLACE = "consent|guardian_name"


@dataclass(frozen=True)
class NewConsent:
    """A consent as it was given. `begins` is the moment it was given where nothing else is said."""

    purpose: Purpose
    recipient: str
    data_classes: tuple[DataClass, ...]
    agreement_code: str
    agreement_version: int
    language: Language
    method: Method
    ends: datetime
    given_at: datetime | None = None
    begins: datetime | None = None
    proof_reference: str | None = None
    witness: Witness | None = None
    guardian: Guardian | None = None


@dataclass(frozen=True)
class ConsentNames:
    """The names of witness and guardian, opened for those who may identify."""

    witness: str | None = None
    guardian: str | None = None


async def record_consent(
    session: AsyncSession, principal: Principal, clock: Clock, vault: Vault, person_id: UUID, consent: NewConsent
) -> Consent:
    """Write down a consent the person gave.

    Raises PersonNotFoundError, PersonDeceasedError, ConsentOverlapsError and the errors of the rules in `domain`.
    """
    person = await people.get_person(session, principal, person_id)
    if person.died_on is not None:
        raise PersonDeceasedError
    given_at = consent.given_at or clock.now()
    period = Period(consent.begins or given_at, consent.ends)
    text = _checked(consent, given_at, period, principal.sub, clock.now())
    require_guardian(youngest_age(person.born_on, person.birth_year, local_day(given_at)), consent.guardian)
    await refuse_overlap(session, person_id, Basis.CONSENT, consent.purpose, consent.recipient, period)
    row = _row(consent, text, person_id, given_at, period, now=clock.now(), by=principal.sub)
    _seal_names(vault, row, consent)
    return await store(session, row)


async def withdraw_consent(
    session: AsyncSession, principal: Principal, clock: Clock, consent_id: UUID, reference: str | None
) -> Consent:
    """Take a consent back, at once; taking it back again changes nothing and tells nobody twice.

    Raises ConsentNotFoundError, LegalDutyError.
    """
    row = await repository.find_consent(session, principal, consent_id)
    if row is None:
        raise ConsentNotFoundError
    require_consent(Basis(row.basis))
    return await end(session, row, clock.now(), principal.sub, reference)


async def list_consents(
    session: AsyncSession, principal: Principal, person_id: UUID, page: PageRequest
) -> Sequence[Consent]:
    """Everything ever recorded for the person, with an access record. Raises PersonNotFoundError."""
    if not await repository.is_visible(session, principal, person_id):
        raise PersonNotFoundError
    rows = await repository.list_consents(session, principal, person_id, page)
    view = "full" if principal.can("person:identify") else "unnamed"
    await record_access(session, principal, "consent.list", [person_id], view=view)
    return rows


async def refuse_overlap(
    session: AsyncSession, person_id: UUID, basis: Basis, purpose: Purpose, recipient: str, period: Period
) -> None:
    """Wait for one's turn, then raise ConsentOverlapsError where something stands for a part of the period."""
    await repository.take_turns(session, person_id)
    if await repository.overlaps(session, person_id, basis, purpose, recipient, period):
        raise ConsentOverlapsError


async def store(session: AsyncSession, row: Consent) -> Consent:
    """Keep a new row and tell of it."""
    session.add(row)
    await session.flush()
    if row.purpose == PURPOSE:
        async with as_system(session):  # whom it lets see the person is no matter of the caller's reach
            agreement = Agreement(row.id, row.person_id, row.recipient, row.valid_from, row.valid_to)
            await keep_consents(session, [agreement])
    await emit(session, events.granted(row))
    return row


async def end(session: AsyncSession, row: Consent, at: datetime, by: str, reference: str | None) -> Consent:
    """Let a row end at `at`, unless it ended before, and tell of it."""
    await repository.lock(session, row)
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by, row.withdrawal_reference = at, by, reference
        row.version += 1
        await session.flush()
        await emit(session, events.withdrawn(row, at, by))
        if row.purpose == PURPOSE:
            async with as_system(session):
                await end_consents(session, [Ending(row.id, row.person_id, row.recipient, at)])
    return row


def open_names(vault: Vault, row: Consent) -> ConsentNames:
    """The names in a row, for a caller who may see them. Raises SealBrokenError."""
    return ConsentNames(
        witness=_opened(vault, row, row.witness_name, WITNESS_PLACE),
        guardian=_opened(vault, row, row.guardian_name, GUARDIAN_PLACE),
    )


def _checked(consent: NewConsent, given_at: datetime, period: Period, recorder: str, now: datetime) -> AgreementText:
    """The text agreed to, when every rule that needs no database holds."""
    require_by_consent(consent.purpose)
    require_consent_period(period, given_at, now)
    text = get_text(consent.agreement_code, consent.agreement_version, consent.language, local_day(given_at))
    if text.purpose is not consent.purpose:
        raise TextForOtherPurposeError(field="agreement_code")
    require_covered(consent.data_classes, text.data_classes)
    require_proof(consent.method, consent.witness, consent.proof_reference, recorder)
    return text


def _row(
    consent: NewConsent,
    text: AgreementText,
    person_id: UUID,
    given_at: datetime,
    period: Period,
    *,
    now: datetime,
    by: str,
) -> Consent:
    return Consent(
        id=new_id(),
        person_id=person_id,
        basis=Basis.CONSENT.value,
        purpose=consent.purpose.value,
        recipient=consent.recipient,
        data_classes=sorted({item.value for item in consent.data_classes}),
        agreement_code=text.code,
        agreement_version=text.version,
        language=text.language.value,
        text_hash=text.text_hash,
        method=consent.method.value,
        proof_reference=consent.proof_reference,
        witness_role=consent.witness.role.value if consent.witness else None,
        witness_account=consent.witness.account if consent.witness else None,
        guardian_relation=consent.guardian.relation.value if consent.guardian else None,
        given_at=given_at,
        valid_from=period.begins,
        valid_to=period.ends,
        recorded_at=now,
        recorded_by=by,
    )


def _seal_names(vault: Vault, row: Consent, consent: NewConsent) -> None:
    if consent.witness and consent.witness.full_name:
        sealed = vault.seal(consent.witness.full_name, place=f"{WITNESS_PLACE}|{row.id}", person_id=row.person_id)
        row.witness_name, row.key_version = sealed.ciphertext, sealed.key_version
    if consent.guardian:
        sealed = vault.seal(consent.guardian.full_name, place=f"{GUARDIAN_PLACE}|{row.id}", person_id=row.person_id)
        row.guardian_name, row.key_version = sealed.ciphertext, sealed.key_version


def _opened(vault: Vault, row: Consent, ciphertext: bytes | None, place: str) -> str | None:
    if ciphertext is None or row.key_version is None:
        return None
    return vault.open(ciphertext, row.key_version, place=f"{place}|{row.id}", person_id=row.person_id)
