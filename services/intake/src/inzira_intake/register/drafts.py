"""Drafts and files as kept while an import is worked on: encrypted, found again by blind indexes only."""

import base64
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from inzira_intake.register.domain import RowDraft
from inzira_intake.register.models import RegisterRow
from inzira_intake.vault import Sealed, Vault

FILE_PLACE = "register_import|ciphertext"
_DRAFT = TypeAdapter(RowDraft)


@dataclass(frozen=True)
class Indexes:
    """What a draft is found by: blind, so that the table tells nobody."""

    number: bytes | None
    national_id: bytes | None
    likeness: bytes | None


def indexes_of(draft: RowDraft, vault: Vault) -> Indexes:
    """The blind indexes of a draft; None for what it does not have."""
    likeness = draft.likeness
    return Indexes(
        number=vault.blind_index("register_number", draft.number_key) if draft.number_key else None,
        national_id=vault.blind_index("register_national_id", draft.national_id) if draft.national_id else None,
        likeness=likeness_index(likeness, vault) if likeness else None,
    )


def likeness_index(likeness: tuple[str, date], vault: Vault) -> bytes:
    """The blind index of a name and a birth date together."""
    return vault.blind_index("register_likeness", f"{likeness[0]}|{likeness[1]}")


def row_of(draft: RowDraft, import_id: UUID, vault: Vault) -> dict[str, Any]:
    """The undecided row of a draft, ready to be stored."""
    sealed = vault.seal(_DRAFT.dump_json(draft).decode(), place=_place(draft.row), person_id=import_id)
    indexes = indexes_of(draft, vault)
    return {
        "import_id": import_id,
        "row_number": draft.row,
        "ciphertext": sealed.ciphertext,
        "key_version": sealed.key_version,
        "number_index": indexes.number,
        "national_id_index": indexes.national_id,
        "likeness_index": indexes.likeness,
        "reasons": [],
        "notices": [],
    }


def draft_of(row: RegisterRow, vault: Vault) -> RowDraft | None:
    """The draft of a stored row; None once it was deleted with the file."""
    if row.ciphertext is None:
        return None
    text = vault.open(row.ciphertext, row.key_version, place=_place(row.row_number), person_id=row.import_id)
    return _DRAFT.validate_json(text)


def seal_file(content: bytes, import_id: UUID, vault: Vault) -> Sealed:
    """The file encrypted for its import."""
    return vault.seal(base64.b64encode(content).decode(), place=FILE_PLACE, person_id=import_id)


def open_file(sealed: tuple[bytes, int], import_id: UUID, vault: Vault) -> bytes:
    """Inverse of `seal_file`."""
    return base64.b64decode(vault.open(sealed[0], sealed[1], place=FILE_PLACE, person_id=import_id))


def _place(row_number: int) -> str:
    return f"register_row|ciphertext|{row_number}"
