"""The feed on the wire: CloudEvents 1.0 in batches."""

from datetime import datetime
from typing import Literal

from inzira_platform.http import Schema
from pydantic import Field

from inzira_gateway.sharing.schemas import PartnerPersonRead


class GoneRead(Schema):
    """A person who went out of the partner's sight: what is kept of them must go."""

    id: str


class FeedItemRead(Schema):
    """One item; `id` is the cursor behind it."""

    specversion: Literal["1.0"]
    id: str
    source: str
    type: Literal["inzira.partner.person.changed.v1", "inzira.partner.person.gone.v1"]
    subject: str = Field(description="this partner's own id of the person")
    time: datetime
    datacontenttype: Literal["application/json"]
    data: PartnerPersonRead | GoneRead
