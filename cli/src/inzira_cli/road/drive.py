"""The whole road, leg after leg, with the seconds each takes."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import aiohttp

from inzira_cli.road import (
    admitting,
    arriving,
    closing,
    completing,
    following,
    gathering,
    handing_over,
    importing,
    partnering,
    preparing,
    register_group,
    releasing,
    returning,
    sessions,
    settling,
    sharing,
    training,
)
from inzira_cli.road.errors import RoadError
from inzira_cli.road.state import Road

SECONDS_PER_REQUEST = 60
LEGS: tuple[tuple[str, Callable[[Road], Awaitable[None]]], ...] = (
    ("Importing the register", importing.walk),
    ("Admission", admitting.walk),
    ("A partner", partnering.walk),
    ("Groups of the curriculum", gathering.walk),
    ("48 sessions", sessions.walk),
    ("Tests, completion, certificates", completing.walk),
    ("Vocational training", training.walk),
    ("Preparing the return", preparing.walk),
    ("Release", releasing.walk),
    ("Handover", handing_over.walk),
    ("Follow-up", following.walk),
    ("A return to custody", returning.walk),
    ("Closure", closing.walk),
    ("What the partner saw", sharing.walk),
    ("A group of the register", register_group.walk),
    ("Everything heard", settling.walk),
)


def new_client(address: str) -> aiohttp.ClientSession:
    """A client for `drive`; the caller closes it."""
    return aiohttp.ClientSession(address, timeout=aiohttp.ClientTimeout(total=SECONDS_PER_REQUEST))


async def drive(road: Road, client: aiohttp.ClientSession) -> None:
    """Walk every leg. Raises RoadError with the problem document at the first answer nobody expected."""

    async def arrive(road: Road) -> None:
        await arriving.walk(road, client)

    try:
        for title, walk in (("Accounts", arrive), *LEGS):
            await _timed(road, title, walk)
    except ExceptionGroup as several:
        raise first_of(several) from several
    finally:
        await _stop_following(road)


async def _stop_following(road: Road) -> None:
    if road.following is not None:
        road.following.cancel()
        await asyncio.gather(road.following, return_exceptions=True)


async def _timed(road: Road, title: str, walk: Callable[[Road], Awaitable[None]]) -> None:
    road.show.leg(title)
    began = time.monotonic()
    await walk(road)
    road.seconds[title] = time.monotonic() - began


def first_of(several: ExceptionGroup[Exception]) -> Exception:
    """The first refusal among acts done side by side, else the first of what went wrong."""
    leaves = list(_leaves(several))
    return next((one for one in leaves if isinstance(one, RoadError)), leaves[0])


def _leaves(error: Exception) -> list[Exception]:
    if isinstance(error, ExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]
