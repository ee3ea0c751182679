"""Passwords through argon2id, two at a time and off the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB = 46 * 1024
AT_ONCE = 2


class Passwords:
    """Hashes and verifies: 46 MiB, one pass, one lane (OWASP). More at once would be a way to exhaust memory."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=1, memory_cost=MEMORY_KIB, parallelism=1)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._dummy: str | None = None

    async def hash(self, password: str) -> str:
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, kept: str | None, password: str) -> bool:
        """Whether the password fits. For an unknown user (`kept` None) the same work is done for nothing."""
        async with self._slots:
            return await asyncio.to_thread(self._verify, kept, password)

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash was made with other costs than today's and should be made anew."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, kept: str | None, password: str) -> bool:
        if self._dummy is None:
            self._dummy = self._hasher.hash("nobody has this password")
        try:
            return self._hasher.verify(kept or self._dummy, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False
