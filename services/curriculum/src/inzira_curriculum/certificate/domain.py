"""Serial numbers and wording of certificates.

Nothing on a certificate tells where it was earned (domain.md 0.9).
"""

from enum import StrEnum

from inzira_platform.errors import DomainError, Kind

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "IZ"
RANDOM_BYTES = 8
BODY = 11
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


class NothingToCertifyError(DomainError):
    kind = Kind.CONFLICT
    code = "nothing-to-certify"
    message = "Nobody in this cohort has completed without a certificate. Decide completions first."


class DuplicateReason(StrEnum):
    """Why a certificate is printed again."""

    LOST = "LOST"
    DAMAGED = "DAMAGED"
    STOLEN = "STOLEN"
    ILLEGIBLE = "ILLEGIBLE"


class CertificateNotFoundError(DomainError):
    kind = Kind.NOT_FOUND
    code = "certificate-not-found"
    message = "No certificate has been issued for this enrolment."


def serial_from(randomness: bytes) -> str:
    """A serial such as `IZ-7K3M-92QF-ABCX` from eight random bytes: eleven symbols and a check symbol.

    It holds no date, facility or order, so nothing can be read from it. Raises ValueError for another length.
    """
    if len(randomness) != RANDOM_BYTES:
        raise ValueError("a serial is made from eight bytes")
    number = int.from_bytes(randomness) % 32**BODY
    symbols = "".join(ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(BODY)))
    whole = symbols + check_symbol(symbols)
    return "-".join((PREFIX, whole[:4], whole[4:8], whole[8:]))


def check_symbol(symbols: str) -> str:
    """Weighted sum over the alphabet: any single wrong symbol changes it."""
    total = sum((2 * place + 1) * ALPHABET.index(symbol) for place, symbol in enumerate(symbols))
    return ALPHABET[total % 32]


def normalise(written: str) -> str | None:
    """The serial as issued from what somebody typed, forgiving case, spaces and look-alikes.

    None when it is none.
    """
    kept = "".join(symbol for symbol in written.upper() if symbol.isalnum())
    if not kept.startswith(PREFIX) and not kept.startswith("1Z"):
        return None
    body = kept[2:].translate(LOOKALIKES)
    if len(body) != BODY + 1 or any(symbol not in ALPHABET for symbol in body):
        return None
    if check_symbol(body[:-1]) != body[-1]:
        return None
    return "-".join((PREFIX, body[:4], body[4:8], body[8:]))
