"""Facilities and districts over HTTP: reference data without persons."""

from fastapi import APIRouter
from inzira_platform.deps import declared

from inzira_intake.facility.domain import districts, facilities
from inzira_intake.facility.schemas import DistrictList, DistrictRead, FacilityList, FacilityRead

router = APIRouter(tags=["reference"])


@router.get("/v1/facilities", **declared("programme:read"))
async def list_facilities() -> FacilityList:
    """Every facility there is or was, with its aliases and the dates it was in use."""
    return FacilityList(items=[FacilityRead.model_validate(item) for item in facilities()])


@router.get("/v1/districts", **declared("programme:read"))
async def list_districts() -> DistrictList:
    """The 30 districts."""
    return DistrictList(items=[DistrictRead.model_validate(item) for item in districts()])
