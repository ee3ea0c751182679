"""Folders for the servers that tests start."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder nobody can guess is made in it
ROOM = 4 * 2**30
"""Bytes that must be free there; below, the disk is used."""


@contextmanager
def server_folder(name: str) -> Iterator[Path]:
    """A folder that only one test process uses, gone with the block; in memory where there is room.

    Nearly every test copies a database of 9 MB: on a disk that is 120 ms and, when the system writes back, seconds in
    which everything stands still; in memory 20 ms. It is not one of pytest's own folders: those are closed to others
    and removed by later runs, and PostgreSQL runs as another user when tests run as root.
    """
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM
    path = Path(tempfile.mkdtemp(prefix=f"inzira-{name}-", dir=MEMORY if has_room else None))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
