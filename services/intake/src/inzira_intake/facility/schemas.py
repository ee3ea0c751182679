"""Reference data on the wire."""

from datetime import date

from inzira_platform.http import Schema


class FacilityRead(Schema):
    """A facility: `sex_policy` is M, F, MIXED or JUV; `valid_to` is absent while it is in use."""

    code: str
    name: str
    district: str
    sex_policy: str
    halfway: bool
    valid_from: date
    valid_to: date | None
    aliases: tuple[str, ...]


class DistrictRead(Schema):
    """A district by its NISR code; `province` is the ISO 3166-2 code."""

    code: str
    name: str
    province: str
    aliases: tuple[str, ...]


class FacilityList(Schema):
    """All facilities, by name."""

    items: list[FacilityRead]


class DistrictList(Schema):
    """All districts, by code."""

    items: list[DistrictRead]
