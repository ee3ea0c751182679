"""Awards on the wire."""

from typing import Annotated

from inzira_platform.http import Day, Schema, Written
from pydantic import Field, StringConstraints

from inzira_tvet.account import Account

RtbNumber = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9/._-]{2,39}$")]


class AwardCreate(Schema):
    """RTB's certificate as it was issued. The day may be past."""

    rtb_number: RtbNumber = Field(description="the number on the certificate")
    awarded_on: Day
    verifier: Account = Field(description="the internal verifier; never the assessor")


class AwardWritten(Written):
    """`id` is the award's, `version` and `state` are the training's."""

    state: str
