"""Headers partners send."""

from typing import Annotated

from fastapi import Header

PurposeHeader = Annotated[str | None, Header(alias="X-Purpose", description="one of the purposes of the grant")]
