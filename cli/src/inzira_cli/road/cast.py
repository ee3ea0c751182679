"""Who drives the road: one invented officer for each kind of user."""

from dataclasses import asdict, dataclass

HUYE, MUSANZE = "HUY", "MUS"
ALL_FACILITIES = tuple("NYG BUG NGO RWA NYT GIC MUS RUB RUS NYM HUY MUH NYA NYZ HRC".split())  # noqa: SIM905 - shorter


@dataclass(frozen=True)
class Officer:
    """An account of the demonstration."""

    username: str
    name: str
    role: str
    agency: str
    about: str
    org: str | None = None
    facilities: tuple[str, ...] = ()

    def as_account(self, password: str) -> dict[str, object]:
        """The body that makes this account."""
        given = asdict(self)
        del given["name"], given["about"]
        return {**given, "display_name": self.name, "password": password}


def _administrator(username: str, name: str, about: str) -> Officer:
    return Officer(username, name, "administrator", "RCS", about)


def _rcs(username: str, name: str, role: str, facility: str, about: str) -> Officer:
    return Officer(username, name, role, "RCS", about, facilities=(facility,))


ADMINISTRATOR = _administrator("administrator", "Uwase Claudine", "accounts and operations; never a case")
SECOND_ADMINISTRATOR = _administrator("administrator.two", "Kwizera Eric", "confirms privileged accounts")
REGISTRY = Officer(
    "rcs.registry", "Umuhoza Clarisse", "rcs_intake_officer", "RCS", "imports registers", None, ALL_FACILITIES
)
HUYE_INTAKE = _rcs("huye.intake", "Mukamana Solange", "rcs_intake_officer", HUYE, "admits, prepares a release")
HUYE_INTAKE_TWO = _rcs("huye.intake.two", "Niyonsaba Alexis", "rcs_intake_officer", HUYE, "approves a release")
MUSANZE_INTAKE = _rcs("musanze.intake", "Uwimana Josiane", "rcs_intake_officer", MUSANZE, "admits and receives")
MUSANZE_INTAKE_TWO = _rcs("musanze.intake.two", "Hitimana Felix", "rcs_intake_officer", MUSANZE, "approves a release")
HUYE_PSYCHOSOCIAL = _rcs("huye.psychosocial", "Ingabire Diane", "rcs_psychosocial_officer", HUYE, "runs the group")
MUSANZE_PSYCHOSOCIAL = _rcs(
    "musanze.psychosocial", "Kayitesi Liliane", "rcs_psychosocial_officer", MUSANZE, "runs the group"
)
INSTRUCTOR = _rcs("huye.instructor", "Ndayisaba Martin", "tvet_instructor", HUYE, "trains, takes attendance")
ASSESSOR = Officer("rtb.assessor", "Mutesi Grace", "tvet_instructor", "RTB", "assesses from outside", None, (HUYE,))
PFR_WORKER = Officer("pfr.worker", "Hakizimana Paul", "caseworker", "PFR", "prepares and follows", org="PFR")
DIDE_WORKER = Officer("dide.worker", "Umutoni Ange", "caseworker", "DIDE", "follows after a handover", org="DIDE")
PFR_SUPERVISOR = Officer("pfr.supervisor", "Twagira Theogene", "supervisor", "PFR", "assigns, approves", org="PFR")
DIDE_SUPERVISOR = Officer("dide.supervisor", "Iradukunda Rose", "supervisor", "DIDE", "answers RED flags", org="DIDE")
FIGURES = Officer("me.officer", "Rukundo Yves", "me_officer", "MINUBUMWE", "figures only, never a name")
PROTECTION = Officer("dpo", "Mugisha Olive", "data_protection_officer", "RCS", "who saw whom, and why")

BOOTSTRAPPED = (ADMINISTRATOR, SECOND_ADMINISTRATOR)
"""Made on the gateway's own database: a second one too, for nobody confirms what they asked for themselves."""
BY_ADMINISTRATOR = (
    REGISTRY,
    HUYE_INTAKE,
    HUYE_INTAKE_TWO,
    MUSANZE_INTAKE,
    MUSANZE_INTAKE_TWO,
    HUYE_PSYCHOSOCIAL,
    MUSANZE_PSYCHOSOCIAL,
    INSTRUCTOR,
    ASSESSOR,
    PFR_WORKER,
    DIDE_WORKER,
    PFR_SUPERVISOR,
    DIDE_SUPERVISOR,
    FIGURES,
    PROTECTION,
)
CAST = (*BOOTSTRAPPED, *BY_ADMINISTRATOR)
