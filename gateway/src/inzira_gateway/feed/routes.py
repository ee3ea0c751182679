"""HTTP of the feed."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from inzira_platform.deps import PROBLEM, ClockDep, PrincipalDep, declared
from inzira_platform.errors import DomainError
from inzira_platform.problems import from_domain_error, path_of, problem

from inzira_gateway.feed.domain import LONGEST_POLL, FeedExpiredError
from inzira_gateway.feed.schemas import FeedItemRead
from inzira_gateway.feed.service import Batch, Follow, Tail
from inzira_gateway.grant.deps import CatalogueDep
from inzira_gateway.partner import service as partners
from inzira_gateway.sharing.headers import PURPOSE
from inzira_gateway.transactions import TransactionsDep

router = APIRouter(tags=["partner data"])
ENDS_HEADER = "x-gateway-token-ends"
"""Set by the gateway's own door: the second in which the caller's token ends; a client's never gets here."""


class CloudEventsBatch(JSONResponse):
    """CloudEvents 1.0 in the JSON batch format."""

    media_type = "application/cloudevents-batch+json"


CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "what changed, in order; `Next-Cursor` is where to go on",
        "headers": {"Next-Cursor": {"schema": {"type": "string"}, "description": "cursor of the next request"}},
    },
    410: {"description": "the cursor is older than 30 days", "content": PROBLEM},
}


async def _follow(
    request: Request,
    transactions: TransactionsDep,
    catalogue: CatalogueDep,
    principal: PrincipalDep,
    clock: ClockDep,
) -> Follow:
    kept = request.app.state
    if not hasattr(kept, "feed_tail"):
        kept.feed_tail = Tail()
    ends = request.headers.get(ENDS_HEADER)
    token_ends = datetime.fromtimestamp(int(ends), UTC) if ends is not None else None
    return Follow(transactions, catalogue, principal, clock, kept.feed_tail, token_ends)


@router.get(
    "/v1/feed",
    response_model=list[FeedItemRead],
    response_class=CloudEventsBatch,
    **declared("partner:feed", responses=CONTENT, openapi_extra=PURPOSE),
)
async def follow_feed(
    request: Request,
    use_case: Annotated[Follow, Depends(_follow)],
    cursor: Annotated[str | None, Query(max_length=300, description="Next-Cursor, or the id of an item")] = None,
    start: Annotated[Literal["oldest", "latest"], Query(description="where to begin without a cursor")] = "oldest",
    limit: Annotated[int, Query(ge=1, le=200, description="at most this many items")] = 100,
    timeout: Annotated[int, Query(ge=0, le=LONGEST_POLL, description="seconds to wait for the first item")] = 0,  # noqa: ASYNC109 - the client's wish, not a deadline of ours
) -> Response:
    """What changed of the persons in the partner's rows since the cursor, as CloudEvents.

    Grant, rows and consent are looked at when an item is delivered; of somebody out of sight the partner is told
    once that they are gone.
    """
    try:
        if cursor is None and start == "latest":
            return _answer(await use_case.latest())
        return _answer(await use_case.poll(cursor, limit, timeout))
    except DomainError as error:
        return await _refused(request, use_case, error)


def _answer(batch: Batch) -> Response:
    return CloudEventsBatch(batch.items, headers={"Next-Cursor": batch.cursor})


async def _refused(request: Request, use_case: Follow, error: DomainError) -> Response:
    client_id = use_case.principal.sub
    async with use_case.transactions.begin() as session:
        partners.record(
            session, client_id, "feed", use_case.clock.now(), actor=client_id, outcome="REFUSED", reason=error.code
        )
    path = path_of(request.scope)
    if isinstance(error, FeedExpiredError):
        return problem(path, 410, error.code, error.detail)
    return from_domain_error(path, error)
