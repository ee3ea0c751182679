"""Contract events of certificates; their stream is the person."""

from inzira_contracts import curriculum
from inzira_platform.clock import kigali_midnight

from inzira_curriculum.certificate.models import Certificate


def issued(certificate: Certificate) -> curriculum.CertificateIssued:
    return curriculum.CertificateIssued(
        person_id=certificate.person_id,
        occurred_at=kigali_midnight(certificate.issued_on),
        recorded_by=certificate.issued_by,
        enrolment_id=certificate.enrolment_id,
        certificate_id=certificate.id,
        serial=certificate.serial,
        programme_code=certificate.programme_code,
    )
