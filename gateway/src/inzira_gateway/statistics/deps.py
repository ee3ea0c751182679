"""What routes ask for: the cubes."""

from typing import Annotated

from fastapi import Depends, Request

from inzira_gateway.statistics.catalogue import Cubes


async def _cubes(request: Request) -> Cubes:
    cubes: Cubes = request.app.state.cubes
    return cubes


CubesDep = Annotated[Cubes, Depends(_cubes)]
