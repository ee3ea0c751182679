"""The code lists of the catalogue. Each may grow; readers meet a value they do not know as UNKNOWN."""

from inzira_contracts.fields import OpenCode


class AdmissionKind(OpenCode):
    NEW = "NEW"
    READMISSION = "READMISSION"
    UNKNOWN = "UNKNOWN"


class ReadmissionType(OpenCode):
    """domain.md 2.6."""

    NEW_OFFENCE = "NEW_OFFENCE"
    PAROLE_REVOKED = "PAROLE_REVOKED"
    RECAPTURE = "RECAPTURE"
    REMAND_NEW_CASE = "REMAND_NEW_CASE"
    APPEAL_OUTCOME = "APPEAL_OUTCOME"
    UNKNOWN = "UNKNOWN"


class LegalStatus(OpenCode):
    """The legal axis of domain.md 2.6."""

    REMAND = "REMAND"
    CONVICTED_APPEALABLE = "CONVICTED_APPEALABLE"
    CONVICTED_FINAL = "CONVICTED_FINAL"
    ACQUITTED = "ACQUITTED"
    CASE_CLOSED = "CASE_CLOSED"
    UNKNOWN = "UNKNOWN"


class CustodyState(OpenCode):
    """The custody axis of domain.md 2.6."""

    PRE_ADMISSION = "PRE_ADMISSION"
    IN_FACILITY = "IN_FACILITY"
    IN_TRANSIT = "IN_TRANSIT"
    HOSPITAL = "HOSPITAL"
    AT_COURT = "AT_COURT"
    TEMPORARY_LEAVE = "TEMPORARY_LEAVE"
    HALFWAY = "HALFWAY"
    ESCAPED = "ESCAPED"
    RELEASED = "RELEASED"
    DECEASED = "DECEASED"
    UNKNOWN = "UNKNOWN"


class Supervision(OpenCode):
    """The supervision axis of domain.md 2.6."""

    NONE = "NONE"
    PAROLE = "PAROLE"
    PARDON_CONDITIONS = "PARDON_CONDITIONS"
    TIG = "TIG"
    VOLUNTARY_AFTERCARE = "VOLUNTARY_AFTERCARE"
    UNKNOWN = "UNKNOWN"


class ReleaseReason(OpenCode):
    """domain.md 2.6."""

    SENTENCE_EXPIRED = "SENTENCE_EXPIRED"
    PAROLE = "PAROLE"
    PARDON = "PARDON"
    ACQUITTAL = "ACQUITTAL"
    PROVISIONAL_RELEASE = "PROVISIONAL_RELEASE"
    CASE_DISMISSED = "CASE_DISMISSED"
    SUSPENDED_SENTENCE = "SUSPENDED_SENTENCE"
    CONVERTED_TO_TIG = "CONVERTED_TO_TIG"
    PLEA_BARGAIN = "PLEA_BARGAIN"
    COURT_ORDER = "COURT_ORDER"
    TRANSFER_ABROAD = "TRANSFER_ABROAD"
    ADMIN_ERROR_CORRECTION = "ADMIN_ERROR_CORRECTION"
    UNKNOWN = "UNKNOWN"


class Sex(OpenCode):
    M = "M"
    F = "F"
    X = "X"
    NOT_RECORDED = "NOT_RECORDED"
    UNKNOWN = "UNKNOWN"


class EnrolmentState(OpenCode):
    """domain.md 3."""

    REFERRED = "REFERRED"
    ELIGIBLE = "ELIGIBLE"
    WAITLISTED = "WAITLISTED"
    ENROLLED = "ENROLLED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    COMPLETED = "COMPLETED"
    CERTIFIED = "CERTIFIED"
    NOT_COMPLETED = "NOT_COMPLETED"
    WITHDRAWN = "WITHDRAWN"
    TRANSFERRED_OUT = "TRANSFERRED_OUT"
    RELEASED_EARLY = "RELEASED_EARLY"
    DECEASED = "DECEASED"
    UNKNOWN = "UNKNOWN"


class AttendanceCode(OpenCode):
    """Present, late, excused, unexcused, made up (domain.md 3)."""

    P = "P"
    L = "L"
    E = "E"
    U = "U"
    M = "M"
    UNKNOWN = "UNKNOWN"


class TestPhase(OpenCode):
    PRE = "PRE"
    POST = "POST"
    UNKNOWN = "UNKNOWN"


class CompetenceResult(OpenCode):
    """Competent or not yet competent: never a percentage (domain.md 4)."""

    C = "C"
    NYC = "NYC"
    UNKNOWN = "UNKNOWN"


class WorkerRole(OpenCode):
    PRIMARY = "PRIMARY"
    RCS = "RCS"
    UNKNOWN = "UNKNOWN"


class FlagLevel(OpenCode):
    """domain.md 5."""

    RED = "RED"
    AMBER = "AMBER"
    YELLOW = "YELLOW"
    UNKNOWN = "UNKNOWN"


class FlagState(OpenCode):
    """domain.md 5."""

    RAISED = "RAISED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    ACTION_TAKEN = "ACTION_TAKEN"
    RESOLVED = "RESOLVED"
    UNFOUNDED = "UNFOUNDED"
    UNKNOWN = "UNKNOWN"


class ClosureCode(OpenCode):
    """domain.md 5."""

    GOALS_MET = "GOALS_MET"
    TIME_COMPLETE = "TIME_COMPLETE"
    MOVED = "MOVED"
    DECLINED = "DECLINED"
    LOST_CONTACT = "LOST_CONTACT"
    RETURNED_TO_CUSTODY = "RETURNED_TO_CUSTODY"
    DECEASED = "DECEASED"
    TRANSFERRED_AGENCY = "TRANSFERRED_AGENCY"
    UNKNOWN = "UNKNOWN"


class Purpose(OpenCode):
    """What personal data may be used for: the closed list of security.md 6."""

    CUSTODY_MANAGEMENT = "custody_management"
    PSYCHOSOCIAL_CARE = "psychosocial_care"
    CURRICULUM = "curriculum"
    TVET_TRAINING = "tvet_training"
    REINTEGRATION_SUPPORT = "reintegration_support"
    FAMILY_CONTACT = "family_contact"
    HEALTH_REFERRAL = "health_referral"
    ME_STATISTICS = "me_statistics"
    RESEARCH = "research"
    UNKNOWN = "UNKNOWN"


class DataClass(OpenCode):
    """What kind of data a consent or a duty speaks of; a view of a partner is made of fields of these."""

    IDENTITY = "IDENTITY"
    CONTACT = "CONTACT"
    FAMILY = "FAMILY"
    CUSTODY = "CUSTODY"
    SENTENCE = "SENTENCE"
    CURRICULUM = "CURRICULUM"
    TRAINING = "TRAINING"
    REINTEGRATION = "REINTEGRATION"
    HEALTH = "HEALTH"
    UNKNOWN = "UNKNOWN"


class Basis(OpenCode):
    """Why data may be shared: the person agreed, or a law demands it. The one is never written as the other."""

    CONSENT = "CONSENT"
    LEGAL_DUTY = "LEGAL_DUTY"
    UNKNOWN = "UNKNOWN"


class AccessOutcome(OpenCode):
    ALLOWED = "ALLOWED"
    UNKNOWN = "UNKNOWN"
