"""The dependency of every read of the read model: wait for the caller's own write, and say so when it is not there."""

from typing import Annotated

from fastapi import Depends, Header, Response

from inzira_gateway.freshness.service import wait_for_own_write
from inzira_gateway.transactions import TransactionsDep


async def own_write(
    transactions: TransactionsDep,
    response: Response,
    consistency_token: Annotated[
        str | None,
        Header(max_length=8192, description="from an earlier answer: wait up to 2 s until this read holds that write"),
    ] = None,
) -> bool:
    """False, and `Projection-Stale: true` on the answer, when the read model has not reached the write."""
    reached = await wait_for_own_write(transactions, consistency_token)
    if not reached:
        response.headers["Projection-Stale"] = "true"
        response.headers["Retry-After"] = "1"
    return reached


OwnWriteDep = Annotated[bool, Depends(own_write)]
