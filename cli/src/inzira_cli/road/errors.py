"""What stops the road: an answer nobody expected."""

import json
from typing import Any


class RoadError(Exception):
    """The road cannot go on; the message says what was asked and holds the problem document that came back."""


def unexpected(who: str, asked: str, status: int, body: Any) -> RoadError:  # noqa: ANN401 - whatever was answered
    """An answer that is none of those the road can go on with."""
    shown = json.dumps(body, indent=2, ensure_ascii=False) if isinstance(body, dict | list) else str(body)[:2000]
    return RoadError(f"{who} asked {asked} and was answered {status}:\n{shown}")
