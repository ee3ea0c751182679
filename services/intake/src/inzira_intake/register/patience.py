"""Long work beside an open transaction: in a process of its own, while the database hears from us now and then.

A transaction that is silent for 30 seconds is ended by the database; a workbook of thousands of rows takes longer on
a busy machine, and what it needs of memory should not stay with a server.
"""

import asyncio
import json
import sys
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.register.answer import Verdict

HEARD_EVERY_SECONDS = 5.0
AT_ONCE = asyncio.Semaphore(2)
T = TypeVar("T")


class AnswerFailedError(Exception):
    """The process that writes answers ended without one; its last words are in the log."""


async def beside(session: AsyncSession, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, while the transaction of `session` is kept from falling silent."""
    task = asyncio.create_task(work)
    try:
        while not (await asyncio.wait({task}, timeout=HEARD_EVERY_SECONDS))[0]:
            await session.execute(text("SELECT 1"))
        return task.result()
    finally:
        task.cancel()


async def write_answer_apart(content: bytes, verdicts: Mapping[int, Verdict], language: str) -> bytes:
    """As `answer.write_answer`, in a process of its own. Raises AnswerFailedError."""
    told = {row: [verdict.outcome, verdict.reasons, verdict.notices] for row, verdict in verdicts.items()}
    head = json.dumps({"language": language, "verdicts": told}).encode()
    async with AT_ONCE:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "inzira_intake.register.answer",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            answer, _ = await process.communicate(head + b"\n" + content)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode:
        raise AnswerFailedError(process.returncode)
    return answer
