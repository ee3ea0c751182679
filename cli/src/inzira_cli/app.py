"""The commands, each from its own module."""

import typer

from inzira_cli import accounts, events
from inzira_cli.commands.backup import backup
from inzira_cli.commands.demo import demo
from inzira_cli.commands.down import down
from inzira_cli.commands.logs import logs
from inzira_cli.commands.provision import provision
from inzira_cli.commands.restore import restore
from inzira_cli.commands.secrets import secrets
from inzira_cli.commands.status import status
from inzira_cli.commands.up import up
from inzira_cli.register import import_register

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Inzira: one road from admission to reintegration.",
)
app.add_typer(accounts.app, name="accounts")
app.add_typer(events.app, name="events")
for one in (up, demo, down, status, logs, backup, restore, secrets, provision):
    app.command()(one)
app.command("import")(import_register)
