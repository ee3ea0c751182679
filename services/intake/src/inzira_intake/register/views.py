"""Rows and imports to their wire form."""

from typing import Any

from inzira_platform.page import InvalidCursorError, PageRequest

from inzira_intake.register.models import RegisterImport
from inzira_intake.register.phrases import notices_in_words, reason_in_words
from inzira_intake.register.schemas import FileProblem, IgnoredLineRead, ImportRead, RowOutcome, RowRead
from inzira_intake.register.service import RowView


def import_read(found: RegisterImport) -> ImportRead:
    """The import without its file."""
    problem = found.problem
    return ImportRead.model_validate(
        {
            **{name: getattr(found, name) for name in ImportRead.model_fields if name not in ("ignored", "problem")},
            "ignored": [IgnoredLineRead(**line) for line in found.ignored],
            "problem": FileProblem(**_known(problem)) if problem else None,
        }
    )


def row_after(page: PageRequest) -> int:
    """The row number a page of rows starts after.

    Raises InvalidCursorError.
    """
    after = page.after(1)
    if after is None:
        return 0
    if not (after[0].isascii() and after[0].isdigit() and len(after[0]) < 8):
        raise InvalidCursorError(field="cursor")
    return int(after[0])


def row_outcome(view: RowView, language: str) -> RowOutcome:
    """The row as in the answer file."""
    return RowOutcome.model_validate(_outcome(view, language))


def row_read(view: RowView, language: str) -> RowRead:
    """The row with its codes."""
    return RowRead.model_validate(
        {
            **_outcome(view, language),
            "reasons": view.row.reasons,
            "notices": view.row.notices,
            "notice": notices_in_words(view.row.notices, language),
            "rcs_number": view.draft.rcs_number if view.draft else None,
            **{name: getattr(view.row, name) for name in ("settled_as", "settled_by", "settled_at")},
        }
    )


def _outcome(view: RowView, language: str) -> dict[str, Any]:
    row, draft = view.row, view.draft
    read: dict[str, Any] = {
        "row": row.row_number,
        "outcome": row.outcome,
        "reason": reason_in_words(row.reasons, language),
        "person_id": row.person_id,
    }
    if draft is not None:
        read |= {name: getattr(draft, name) for name in ("name", "sex", "born_on", "admitted_on", "sentence")}
        read["facility"] = draft.facility_name
    return read


def _known(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: problem[name] for name in FileProblem.model_fields if name in problem}
