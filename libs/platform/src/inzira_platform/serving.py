"""The HTTP server of an API process."""

import asyncio
from types import FrameType

import uvicorn

from inzira_platform.bell import rings

TICK_SECONDS = 1.0


class Server(uvicorn.Server):
    """uvicorn that wakes once a second, for the date it sends, and when it is to end; not ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        """`config` as uvicorn takes it."""
        super().__init__(config)
        self._ended = asyncio.Event()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """What a signal to end is answered with."""
        super().handle_exit(sig, frame)
        self._ended.set()

    async def main_loop(self) -> None:
        """Until it is to end; every tenth tick of uvicorn's, which are those that set the date."""
        while not await self.on_tick(0):
            await rings(self._ended, TICK_SECONDS)
