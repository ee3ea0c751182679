"""The base of every event: what all facts carry, strict writing and tolerant reading."""

from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from inzira_contracts.fields import READING, Account, Code, EventId, Moment, Ref


class InvalidEvent(ValueError):
    """The bytes are not an event of the type they claim. Its message names fields, never a value."""


class Event(BaseModel):
    """One fact that happened, thin: ids, codes, dates and figures, never a name or free text (events.md 4).

    `occurred_at` is when it happened (a fact known only by date: that date at 00:00 in Kigali), in UTC; when
    it was learned is the envelope's time. `recorded_by` is an account id or `svc:<name>`. `supersedes` is
    the id of the event this one corrects; the corrected event stays (architecture.md, two times).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    type: ClassVar[str]

    person_id: Ref | None = None
    occurred_at: Moment
    recorded_by: Account
    supersedes: EventId | None = None
    reason_code: Code | None = None

    @property
    def stream(self) -> str:
        """The subject whose order counts, and the Kafka key: `person:<id>` unless a type says otherwise."""
        return f"person:{self.person_id}"

    def to_bytes(self) -> bytes:
        """The event's data as UTF-8 JSON, the value of the Kafka record."""
        return self.model_dump_json().encode()

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Parse data of this type as a tolerant reader: unknown fields dropped, unknown codes UNKNOWN.

        Raises InvalidEvent when a known field is missing or breaks its rule.
        """
        try:
            return cls.model_validate_json(data, strict=True, extra="ignore", context=READING)
        except ValidationError as error:
            raise InvalidEvent(_explain(error)) from None


class PersonEvent(Event):
    """A fact about one person; its stream is that person."""

    person_id: Ref


def _explain(error: ValidationError) -> str:
    """Field paths and rule names only: the input stays out of logs and parking reasons."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'data'}: {one['type']}" for one in found[:5])
