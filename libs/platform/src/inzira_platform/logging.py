"""Structured logs: event names with key=value, ids and codes only.

Keys outside the allow-list are dropped, so that a careless call cannot write a name into a log (security.md 6).
"""

import json
import logging
import sys
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import structlog

_LOGGER = structlog.get_logger()

ALLOWED = frozenset(
    [
        "event",
        "level",
        "timestamp",
        "service",
        "process",
        "request_id",
        "method",
        "route",
        "status",
        "duration_ms",
        "code",
        "error",
        "error_class",
        "consumer",
        "topic",
        "partition",
        "offset",
        "type",
        "stream",
        "version",
        "event_id",
        "count",
        "reason",
        "attempts",
        "state",
        "epoch",
        "name",
        "port",
        "pid",
        "seconds",
        "person_id",
        "cause",
        "pending",
        "operation",
        "upstream",
    ]
)


def allow_listed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401 - structlog's own processor signature
    """structlog processor: keep allow-listed keys, name what was dropped."""
    dropped = [key for key in event if key not in ALLOWED and key != "exc_info"]
    for key in dropped:
        del event[key]
    if dropped:
        event["cause"] = "dropped keys: " + ",".join(sorted(dropped))
    return event


def frames_only(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401 - structlog's own processor signature
    """structlog processor: where an error came from, without its message or locals, which may hold values."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        event["error_class"] = type(error).__name__
        event["frames"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return event


class ForeignFormatter(logging.Formatter):
    """What libraries log: its first line, and where an error arose without its message, which may hold values."""

    def __init__(self, service: str, process: str) -> None:
        super().__init__()
        self._base = {"service": service, "process": process}

    def format(self, record: logging.LogRecord) -> str:
        """A JSON object."""
        line = record.getMessage().strip().partition("\n")[0][:200]
        moment = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        event: MutableMapping[str, Any] = {
            **self._base,
            "event": line,
            "level": record.levelname.lower(),
            "name": record.name,
            "timestamp": moment,
        }
        if record.exc_info:
            event = frames_only(None, "", {**event, "exc_info": record.exc_info[1]})
        return json.dumps(event)


def configure_logging(service: str, process: str, fmt: str) -> None:
    """Set up structlog once per process; `fmt` is json or console."""
    renderer, output = _rendering(fmt)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            allow_listed,
            frames_only,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=output,
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service, process=process)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(ForeignFormatter(service, process))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _rendering(fmt: str) -> tuple[Any, Any]:
    """How a line is made, and what writes it at once."""
    if fmt == "json":
        return structlog.processors.JSONRenderer(orjson.dumps), structlog.BytesLoggerFactory(sys.stderr.buffer)
    return structlog.dev.ConsoleRenderer(), structlog.PrintLoggerFactory(sys.stderr)


def log() -> Any:  # noqa: ANN401 - structlog's bound logger is dynamic
    """The process's logger."""
    return _LOGGER
