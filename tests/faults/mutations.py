"""The broken variants of the product that the checker must see, and the trouble in which each shows."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """What is done to the mutant, and which invariants break: one of them at least must be reported."""

    faults: str
    api: str
    worker: str
    shows: frozenset[str]


LOST = frozenset({"event lost", "journey lacks entries", "pending after the end", "stream not applied to its end"})
MUTATIONS: Mapping[str, Mutation] = {
    "no_inbox": Mutation(
        "kill.part,kill.broker", "", "ack_delete=0.3@0.3,commit_offset=0.3",
        frozenset({"effect twice", "milestone not told once", "journey has entries twice"}),
    ),
    "offset_first": Mutation("kill.part", "", "getmany_tx=0.4,effects_commit=0.2", LOST),
    "publish_first": Mutation(
        "kill.part,kill.backend", "emit_commit=0.5", "",
        frozenset({"event that never was", "journey has entries nobody told", "effect of an event that never was"}),
    ),
    "id_cursor": Mutation("kill.part", "emit_commit=0.25@0.5", "", LOST),
}  # fmt: skip
