"""Use case: admit many new people at once, as a register lists them. The rules and the rows are those of one admission.

A register of thousands would need some ten statements a person; here fifty people need as many together.
"""

from collections.abc import Sequence

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.admission.domain import Admission
from inzira_intake.admission.opening import open_for_newcomer, store_openings
from inzira_intake.admission.service import Admitted, bring_into_reach, checked
from inzira_intake.person import service as people
from inzira_intake.person.domain import PossibleDuplicateError, RcsNumberKnownError
from inzira_intake.vault import IdentityDesk

Known = RcsNumberKnownError | PossibleDuplicateError


async def admit_new_people(
    session: AsyncSession, principal: Principal, clock: Clock, desk: IdentityDesk, admissions: Sequence[Admission]
) -> list[Admitted | Known]:
    """Open an episode for each, or give the error of one who is, or likely is, in the register already.

    The admissions are of people who differ from one another; none may be a readmission. Raises, before anything is
    written, what `admit_person` raises for a broken rule: the caller then takes them one by one.
    """
    ready = [checked(admission, principal, clock) for admission in admissions]
    if any(admission.readmission for admission in ready):
        raise ValueError("a readmission is not somebody new")
    refusals = await people.known_among(session, desk, [admission.person for admission in ready])
    openings = [
        open_for_newcomer(principal, clock, desk, admission)
        for admission, refusal in zip(ready, refusals, strict=True)
        if refusal is None or _overruled(refusal, admission)
    ]
    if openings:
        await bring_into_reach(session, openings)
        await store_openings(session, openings)
    made = iter(openings)
    return [
        refusal if refusal is not None and not _overruled(refusal, admission) else Admitted.by(next(made))
        for admission, refusal in zip(ready, refusals, strict=True)
    ]


def _overruled(refusal: Known, admission: Admission) -> bool:
    return admission.confirmed_new and isinstance(refusal, PossibleDuplicateError)
