"""`inzira events …`: how far behind each service is, what is parked and why, replay, and rebuilding the journey."""

import asyncio
from typing import Annotated, Any

import typer
from rich.table import Table

from inzira_cli.operator import (
    SERVICES,
    GatewayOption,
    Operator,
    PasswordOption,
    Refused,
    UserOption,
    as_operator,
    gateway_address,
)
from inzira_cli.options import DEFAULT_DATA, DataOption, console, problems

app = typer.Typer(no_args_is_help=True, help="Events: lag, parked, replay, rebuild.")
ServiceOption = Annotated[str | None, typer.Option("--service", help="Only this service.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for the record.")]
REBUILD = "/v1/operations/gateway/events/rebuild"


@app.command("lag")
def lag(
    user: UserOption,
    password: PasswordOption,
    service: ServiceOption = None,
    gateway: GatewayOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Show, per service, what waits to be published, to be consumed, and what is parked."""

    async def work(operator: Operator) -> list[tuple[str, dict[str, Any] | str]]:
        return [(name, await _read(operator, f"/v1/operations/{name}/events/lag")) for name in _named(service)]

    table = Table("service", "to publish", "oldest", "to consume", "parked")
    for name, found in as_operator(gateway_address(gateway, data), user, password, work):
        if isinstance(found, str):
            table.add_row(name, found, "", "", "")
            continue
        parked = ", ".join(f"{count} {reason}" for reason, count in found["parked"].items()) or "none"
        oldest = f"{found['outbox_oldest_seconds']:.1f} s"
        table.add_row(name, str(found["outbox_pending"]), oldest, str(found["lag"]), parked)
    console.print(table)


async def _read(operator: Operator, path: str) -> dict[str, Any] | str:
    """What a service says, or why it says nothing: one that is down must not hide the others."""
    try:
        found: dict[str, Any] = (await operator.get(path)).body
    except Refused as refusal:
        return str(refusal)
    return found


@app.command("parked")
def parked(
    user: UserOption,
    password: PasswordOption,
    service: ServiceOption = None,
    gateway: GatewayOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """List parked events: which, why, since when. Never what they say."""

    async def work(operator: Operator) -> list[tuple[str, dict[str, Any]]]:
        return [(name, item) for name in _named(service) for item in await _parked(operator, name)]

    table = Table("service", "id", "type", "stream", "version", "reason", "detail", "attempts", "since")
    for name, item in as_operator(gateway_address(gateway, data), user, password, work):
        table.add_row(
            name, item["id"], item["type"] or "?", item["key"], str(item["sequence"]), item["reason"],
            item["detail"], str(item["attempts"]), item["parked_at"],
        )  # fmt: skip
    console.print(table if table.row_count else "Nothing is parked.")


async def _parked(operator: Operator, service: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    query: dict[str, str | int] = {"limit": 200}
    while True:
        page = await _read_page(operator, service, query)
        found += page["items"]
        if not page.get("next_cursor"):
            return found
        query["cursor"] = page["next_cursor"]


async def _read_page(operator: Operator, service: str, query: dict[str, str | int]) -> dict[str, Any]:
    try:
        page: dict[str, Any] = (await operator.get(f"/v1/operations/{service}/events/parked", **query)).body
    except Refused as refusal:
        problems.print(f"{service}: {refusal}")
        return {"items": []}
    return page


@app.command("replay")
def replay(
    service: Annotated[str, typer.Option("--service", help="Whose parked events.")],
    reason: ReasonOption,
    user: UserOption,
    password: PasswordOption,
    key: Annotated[str | None, typer.Option("--key", help="Only this stream, as `parked` shows it.")] = None,
    event: Annotated[str | None, typer.Option("--id", help="Only this parked event.")] = None,
    discard: Annotated[bool, typer.Option("--discard", help="Step over the event instead of trying it again.")] = False,
    gateway: GatewayOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Try parked events again, in the order of their stream; with --discard, step over one that can never succeed."""
    if discard and event is None:
        problems.print("Name the one event to step over with --id.")
        raise typer.Exit(2)
    _named(service)
    body = {"key": key, "id": event, "action": "discard" if discard else "retry", "reason": reason}

    async def work(operator: Operator) -> int:
        return int((await operator.post(f"/v1/operations/{service}/events/replay", body)).body["count"])

    count = as_operator(gateway_address(gateway, data), user, password, work)
    console.print(f"{count} parked event(s) of {service} will be {'stepped over' if discard else 'tried again'}.")


@app.command("rebuild")
def rebuild(
    reason: ReasonOption,
    user: UserOption,
    password: PasswordOption,
    wait: Annotated[bool, typer.Option(help="Wait until the new generation is active.")] = True,
    gateway: GatewayOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Build the journey anew from the services' journals, while the present one goes on answering."""

    async def work(operator: Operator) -> tuple[int, dict[str, Any] | None]:
        generation = int((await operator.post(REBUILD, {"reason": reason})).body["generation"])
        return generation, await _until_done(operator, generation) if wait else None

    generation, end = as_operator(gateway_address(gateway, data), user, password, work)
    if end is None:
        console.print(f"Generation {generation} is being built.")
        return
    progress = end["progress"]
    facts = f"{progress.get('events', 0)} events, {progress.get('persons', 0)} persons"
    if end["state"] != "ACTIVE":
        problems.print(f"Generation {generation} was given up: {progress.get('outcome')} ({facts}).")
        raise typer.Exit(1)
    console.print(f"Generation {generation} is active: {facts}.")


async def _until_done(operator: Operator, generation: int) -> dict[str, Any]:
    while True:
        items = (await operator.get(REBUILD)).body["items"]
        found: dict[str, Any] = next(item for item in items if item["generation"] == generation)
        if found["state"] != "BUILDING":
            return found
        await asyncio.sleep(1)


def _named(service: str | None) -> tuple[str, ...]:
    if service is not None and service not in SERVICES:
        problems.print(f"There is no service {service}. Known: {', '.join(SERVICES)}.")
        raise typer.Exit(2)
    return (service,) if service else SERVICES
