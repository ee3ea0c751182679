"""What the stack costs while nobody asks anything: start-up, resident memory, idle CPU. Runs first on a fresh stack."""

import time

import psutil
from book import Book
from stack import BenchStack

SETTLE_SECONDS = 30
IDLE_SECONDS = 30


def test_standing(stack: BenchStack, book: Book) -> None:
    """All processes under the supervisor: database, broker, five services with their workers."""
    book.row("start", "Start-up of the whole stack, first time", "s", better="lower")
    book.note("start", "inzira", stack.started_in)
    book.row("idle", "Idle CPU of the stack", "% of one core", better="lower", goal="under 5 % of one core")
    book.row("memory", "Memory of the stack (proportional set size)", "MiB", better="lower")
    time.sleep(SETTLE_SECONDS)
    processes = _processes(stack)
    before = {process.pid: _cpu(process) for process in processes}
    time.sleep(IDLE_SECONDS)
    for kind in ("services", "PostgreSQL", "broker"):
        mine = [process for process in processes if _kind_of(process) == kind]
        used = sum(_cpu(process) - before[process.pid] for process in mine)
        book.note("idle", kind, 100 * used / IDLE_SECONDS)
        book.note("memory", kind, sum(_memory(process) for process in mine) / 2**20)
    book.note("idle", "inzira", sum(book.rows["idle"].figures.values()))
    book.note("memory", "inzira", sum(book.rows["memory"].figures.values()))


def _processes(stack: BenchStack) -> list[psutil.Process]:
    """Everything that runs under the stack's supervisor, the supervisor itself too."""
    supervisor = psutil.Process(int((stack.folder / "supervisord.pid").read_text()))
    return [supervisor, *supervisor.children(recursive=True)]


def _kind_of(process: psutil.Process) -> str:
    """services, PostgreSQL or broker."""
    line = " ".join(process.cmdline())
    if "postgres" in process.name():
        return "PostgreSQL"
    return "broker" if "kafka.Kafka" in line or "broker" in line else "services"


def _cpu(process: psutil.Process) -> float:
    try:
        return float(sum(process.cpu_times()[:2]))
    except psutil.NoSuchProcess:
        return 0.0


def _memory(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0.0
