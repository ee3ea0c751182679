"""What routes ask for to reach a service."""

from typing import Annotated

from fastapi import Depends, Request

from inzira_gateway.clients.intake import IntakeClient


async def _intake(request: Request) -> IntakeClient:
    client: IntakeClient = request.app.state.intake
    return client


IntakeDep = Annotated[IntakeClient, Depends(_intake)]
