"""What routes ask for: the catalogue of views."""

from typing import Annotated

from fastapi import Depends, Request

from inzira_gateway.grant.catalogue import Catalogue


async def _catalogue(request: Request) -> Catalogue:
    catalogue: Catalogue = request.app.state.catalogue
    return catalogue


CatalogueDep = Annotated[Catalogue, Depends(_catalogue)]
