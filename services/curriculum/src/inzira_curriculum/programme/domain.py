"""What makes a template sound, and which version of a programme holds on a day."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from inzira_platform.errors import DomainError, Kind

from inzira_curriculum.template import Programme, Setting

CODE = re.compile(r"^[A-Z][A-Z0-9_-]{0,31}$")
ATTENDANCE_CODES = frozenset("PLEUM")


class TemplateInvalidError(ValueError):
    """A template file breaks a rule; the service refuses to start with it."""

    def __init__(self, code: str, version: int, problems: list[str]) -> None:
        """`problems` are plain sentences, all of them at once."""
        self.problems = problems
        super().__init__(f"template {code} version {version}: " + "; ".join(problems))


class ProgrammeNotFoundError(DomainError):
    kind = Kind.NOT_FOUND
    code = "programme-not-found"
    message = "No programme of this code and version is valid then. List the programmes to see what is."


def validate(programme: Programme) -> Programme:
    """`programme` itself when it is sound.

    Raises TemplateInvalidError with every broken rule, so that an author mends them in one go.
    """
    problems = [problem for check in CHECKS for problem in check(programme)]
    if problems:
        raise TemplateInvalidError(programme.code, programme.version, problems)
    return programme


def _codes(programme: Programme) -> Iterator[str]:
    modules = [module.code for module in programme.modules]
    for code, count in Counter([*modules, *programme.session_codes]).items():
        if count > 1:
            yield f"the code {code} is used {count} times"
        if not CODE.match(code):
            yield f"the code {code} is not upper-case letters, digits, dash or underscore"
    if not modules or any(not module.sessions for module in programme.modules):
        yield "every programme has modules and every module has sessions"


def _dates(programme: Programme) -> Iterator[str]:
    if programme.valid_to is not None and programme.valid_to < programme.valid_from:
        yield "valid_to lies before valid_from"


def _group(programme: Programme) -> Iterator[str]:
    group = programme.group
    if not 1 <= group.minimum <= group.target <= group.maximum:
        yield "the group needs minimum <= target <= maximum"
    late = programme.late_join_until_session
    if late is not None and not 1 <= late <= len(programme.sessions):
        yield "late_join_until_session is not a session number"


def _eligibility(programme: Programme) -> Iterator[str]:
    rules = programme.eligibility
    if (
        rules.minimum_months is not None
        and rules.maximum_months is not None
        and rules.minimum_months > rules.maximum_months
    ):
        yield "months_to_release needs minimum <= maximum"
    if programme.setting is Setting.CUSTODY and not rules.legal_statuses:
        yield "a programme in custody names the legal statuses it takes"


def _completion(programme: Programme) -> Iterator[str]:
    rules, total = programme.completion, len(programme.sessions)
    if not 1 <= rules.minimum_sessions <= total:
        yield f"minimum_sessions is not between 1 and {total}"
    if not 0 <= rules.maximum_make_ups <= total:
        yield f"maximum_make_ups is not between 0 and {total}"
    share = rules.per_module
    if (share.minimum_percent is None) == (share.minimum_count is None):
        yield "per_module names either minimum_percent or minimum_count"
    if rules.post_test != "NONE" and programme.test is None:
        yield "a completion that asks for a post-test needs the test's rules"


def _attendance(programme: Programme) -> Iterator[str]:
    if set(programme.attendance_codes) != ATTENDANCE_CODES:
        yield "attendance codes are exactly P, L, E, U and M"


def _certificate(programme: Programme) -> Iterator[str]:
    """No certificate says where it was earned (architecture.md, "What it refuses to be")."""
    rules = programme.certificate
    if not rules.title.get("en"):
        yield "the certificate needs an English title"
    if programme.setting is Setting.CUSTODY and not rules.forbidden_words:
        yield "a programme in custody lists the words its certificate must not contain"
    for language, title in rules.title.items():
        for word in words_of_custody(title, rules.forbidden_words):
            yield f"the certificate title ({language}) contains {word}"


CHECKS: tuple[Callable[[Programme], Iterator[str]], ...] = (
    _codes,
    _dates,
    _group,
    _eligibility,
    _completion,
    _attendance,
    _certificate,
)


def words_of_custody(text: str, forbidden: Iterable[str]) -> list[str]:
    """The forbidden word stems found in `text`, whatever their case."""
    lowered = text.casefold()
    return [word for word in forbidden if word.casefold() in lowered]


def valid_version(programmes: Iterable[Programme], code: str, day: date, version: int | None = None) -> Programme:
    """The newest version of `code` valid on `day`, or the named version where it is.

    Raises ProgrammeNotFoundError when none is.
    """
    found = [
        programme
        for programme in programmes
        if programme.code == code and programme.is_valid_on(day) and version in (None, programme.version)
    ]
    if not found:
        raise ProgrammeNotFoundError(field="programme_code")
    return max(found, key=lambda programme: programme.version)


def refuse_overlap(programmes: Iterable[Programme]) -> None:
    """Two files may not claim the same code and version.

    Raises TemplateInvalidError.
    """
    counted = Counter((programme.code, programme.version) for programme in programmes)
    for (code, version), count in counted.items():
        if count > 1:
            raise TemplateInvalidError(code, version, ["another file has the same code and version"])
