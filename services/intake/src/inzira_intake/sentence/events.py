"""Events about sentences and the dates that follow from them."""

from datetime import datetime

from inzira_contracts.codes import LegalStatus
from inzira_contracts.intake import DatesComputed, SentenceRecorded

from inzira_intake.sentence.models import DateComputation, Sentence


def sentence_recorded(sentence: Sentence, occurred_at: datetime) -> SentenceRecorded:
    """`occurred_at` is the day of the decision."""
    return SentenceRecorded(
        person_id=sentence.person_id,
        occurred_at=occurred_at,
        recorded_by=sentence.recorded_by,
        reason_code=sentence.reason_code,
        episode_id=sentence.episode_id,
        sentence_id=sentence.id,
        duration=sentence.duration,
        starts_on=sentence.starts_on,
        legal_status=LegalStatus(sentence.legal_status),
    )


def dates_computed(computation: DateComputation) -> DatesComputed:
    """The dates happen when they are computed."""
    return DatesComputed(
        person_id=computation.person_id,
        occurred_at=computation.recorded_at,
        recorded_by=computation.recorded_by,
        reason_code=computation.cause,
        episode_id=computation.episode_id,
        expected_release_on=computation.expected_release_on,
        parole_eligible_on=computation.parole_eligible_on,
        parole_status=computation.parole_status,
        rule_set=computation.rule_set,
        inputs_hash=computation.inputs_hash,
        legal_status=LegalStatus(computation.legal_status),
    )
