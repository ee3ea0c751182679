"""How accounts and outside assessors are named on the wire: by id or registration number, never by name."""

from typing import Annotated

from pydantic import StringConstraints

Account = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
