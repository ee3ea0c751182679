"""`inzira accounts …`: who may sign in. Everything but the first account goes through the gateway."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from inzira_cli import secret_files
from inzira_cli.operator import (
    GatewayOption,
    Operator,
    PasswordOption,
    UserOption,
    as_operator,
    gateway_address,
)
from inzira_cli.options import DEFAULT_DATA, DataOption, console, problems, run_folder
from inzira_cli.processes import GATEWAY, dsn, dsn_setting

app = typer.Typer(no_args_is_help=True, help="Accounts: list, create, confirm, disable, enable.")
FacilityOption = Annotated[list[str] | None, typer.Option("--facility", help="Code of a facility; repeat for several.")]
DistrictOption = Annotated[list[str] | None, typer.Option("--district", help="Code of a district; repeat for several.")]
NameOption = Annotated[str, typer.Option("--name", help="The officer's name.")]
RoleOption = Annotated[str, typer.Option("--role", help="A role of the access policy, for instance caseworker.")]
AgencyOption = Annotated[str, typer.Option("--agency", help="Code of the agency.")]
OrgOption = Annotated[str | None, typer.Option("--org", help="Organisation, for caseworkers and supervisors.")]


@app.command("bootstrap")
def bootstrap(
    username: str,
    name: NameOption,
    role: RoleOption = "administrator",
    agency: AgencyOption = "RCS",
    org: OrgOption = None,
    facility: FacilityOption = None,
    district: DistrictOption = None,
    password: Annotated[
        str, typer.Option(envvar="INZIRA_NEW_PASSWORD", prompt=True, hide_input=True, confirmation_prompt=True)
    ] = "",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Make an account on the gateway's database itself: the first administrator, before anybody can sign in."""
    arguments = [username, "--name", name, "--role", role, "--agency", agency, *(["--org", org] if org else [])]
    for code in facility or ():
        arguments += ["--facility", code]
    for code in district or ():
        arguments += ["--district", code]
    done = subprocess.run(  # noqa: S603 - the program is this Python; the arguments are not read by a shell
        [sys.executable, "-m", "inzira_gateway", "create-account", *arguments],
        input=f"{password}\n",
        text=True,
        env={**os.environ, **gateway_environment(data)},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        problems.print(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "The account was not made.")
        raise typer.Exit(1)
    console.print(f"{username} may sign in ({role}).")


def gateway_environment(data: Path) -> dict[str, str]:
    """The gateway's settings: those of this environment, else those of the stack in the run folder."""
    if dsn_setting(GATEWAY, "app") in os.environ:
        return {}
    run = run_folder(data)
    stack = run.recall()
    if stack is None:
        problems.print("No stack is running here, and GATEWAY_DATABASE_DSN is not set.")
        raise typer.Exit(1)
    app_password = secret_files.passwords(run.secrets, GATEWAY).app
    return {
        dsn_setting(GATEWAY, "app"): dsn(GATEWAY, "app", app_password, stack.postgres),
        "GATEWAY_JWKS_FILE": str(run.secrets / "jwks.json"),
        "GATEWAY_SIGNING_KEY_FILE": str(run.secrets / "gateway_key.json"),
        "GATEWAY_FIELD_KEY_FILE": str(run.secrets / "gateway_field.key"),
    }


@app.command("list")
def list_accounts(
    user: UserOption, password: PasswordOption, gateway: GatewayOption = None, data: DataOption = DEFAULT_DATA
) -> None:
    """Show every account, by user name."""
    table = Table("user name", "name", "role", "reach", "state", "id")
    for item in as_operator(gateway_address(gateway, data), user, password, _all_accounts):
        reach = ", ".join([*(item["facilities"] or []), *([item["org"]] if item["org"] else [])])
        table.add_row(item["username"], item["display_name"], item["role"], reach, item["state"], item["id"])
    console.print(table)


async def _all_accounts(operator: Operator) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    query: dict[str, str | int] = {"limit": 200}
    while True:
        page = (await operator.get("/v1/accounts", **query)).body
        found += page["items"]
        if not page.get("next_cursor"):
            return found
        query["cursor"] = page["next_cursor"]


@app.command("create")
def create(
    username: str,
    name: NameOption,
    role: RoleOption,
    agency: AgencyOption,
    user: UserOption,
    password: PasswordOption,
    new_password: Annotated[
        str, typer.Option(envvar="INZIRA_NEW_PASSWORD", prompt=True, hide_input=True, confirmation_prompt=True)
    ],
    org: OrgOption = None,
    facility: FacilityOption = None,
    district: DistrictOption = None,
    gateway: GatewayOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Make an account. Privileged roles wait until another administrator confirms them."""
    body = {
        "username": username, "display_name": name, "role": role, "agency": agency, "org": org,
        "facilities": facility or [], "districts": district or [], "password": new_password,
    }  # fmt: skip

    async def work(operator: Operator) -> dict[str, Any]:
        made: dict[str, Any] = (await operator.post("/v1/accounts", body)).body
        return made

    made = as_operator(gateway_address(gateway, data), user, password, work)
    waits = " It waits for another administrator: inzira accounts confirm." if made["state"] == "PENDING" else ""
    console.print(f"{username} is {made['state']}.{waits}")


@app.command("confirm")
def confirm(
    username: str,
    user: UserOption,
    password: PasswordOption,
    gateway: GatewayOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Confirm an account with a privileged role that another administrator asked for."""
    _set_state(username, "ACTIVE", gateway_address(gateway, data), user, password)


@app.command("enable")
def enable(
    username: str,
    user: UserOption,
    password: PasswordOption,
    gateway: GatewayOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Let a disabled account sign in again."""
    _set_state(username, "ACTIVE", gateway_address(gateway, data), user, password)


@app.command("disable")
def disable(
    username: str,
    user: UserOption,
    password: PasswordOption,
    gateway: GatewayOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Shut an account out; its sessions end within 5 seconds."""
    _set_state(username, "DISABLED", gateway_address(gateway, data), user, password)


def _set_state(username: str, state: str, address: str, user: str, password: str) -> None:
    async def work(operator: Operator) -> str | None:
        found = next((item for item in await _all_accounts(operator) if item["username"] == username), None)
        if found is None:
            return None
        path = f"/v1/accounts/{found['id']}"
        changed = await operator.patch(path, {"state": state}, f'"{found["version"]}"')
        return str(changed.body["state"])

    now = as_operator(address, user, password, work)
    if now is None:
        problems.print("There is no account of this name.")
        raise typer.Exit(1)
    console.print(f"{username} is {now}.")
