"""What readers saw while it went on: never older than their token, never less than before, never nobody responsible."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from evidence import Event, Evidence, read_token
from verdict import Violation

NEVER_LISTED = {"due.changed"}
"""Said of a person, and nothing that happened to them."""

NOT_FOR_FACILITIES = {
    "assessment.recorded", "schedule.computed", "visit.recorded", "flag.raised", "flag.changed", "contact.lost",
}  # fmt: skip
"""How a released person is followed is not shown to a facility's officers."""

OFFICERS = (".intake", ".psychosocial")


async def check(evidence: Evidence) -> Iterator[Violation]:
    place = {
        (event.source, event.stream, event.version): event
        for event in evidence.events()
        if event.data.get("person_id") and event.kind not in NEVER_LISTED
    }
    found: list[Violation] = []
    by_person: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for read in evidence.reads():
        if read["outcome"] != "acked" or not evidence.is_recent(read):
            continue
        if read["kind"] == "journey":
            by_person[read["person"]].append(read)
            found += _holds_tokens(read, place)
        if read["kind"] == "case" and not (read["answer"] or {}).get("worker_id"):
            found.append(Violation("nobody responsible", f"a reader saw case {read['answer']}"))
    for reads in by_person.values():
        found += _only_grows(reads)
    found += _versions_grow(evidence)
    return iter(found)


def _holds_tokens(read: dict[str, Any], place: dict[tuple[str, str, int], Event]) -> Iterator[Violation]:
    if read["is_stale"] or read["answer"]["more"]:
        return
    ids = set(read["answer"]["ids"])
    for token in read["tokens"][-10:]:
        service, positions = read_token(token)
        for stream, version in positions.items():
            event = place.get((service, stream, version))
            if event is None or event.data["person_id"] != read["person"] or not _is_shown(event, read["who"]):
                continue
            if event.id[-12:] not in ids:
                yield Violation("older than its token", f"{read['path']}: {service} {stream} {version} is not in it")


def _is_shown(event: Event, reader: str) -> bool:
    return event.kind not in NOT_FOR_FACILITIES or not reader.endswith(OFFICERS)


def _only_grows(reads: list[dict[str, Any]]) -> Iterator[Violation]:
    """A read that began after another had ended holds all that the other held."""
    moments = [(read["attempts"][-1]["ended"], 1, read) for read in reads if not read["answer"]["more"]]
    moments += [(read["attempts"][-1]["began"], 0, read) for read in reads if not read["answer"]["more"]]
    known: set[str] = set()
    for _, is_end, read in sorted(moments, key=lambda one: (one[0], one[1])):
        ids = set(read["answer"]["ids"])
        if is_end:
            known |= ids
        else:
            read["known"] = set(known)
    for read in reads:
        missing = read.get("known", set()) - set(read["answer"]["ids"])
        if missing:
            yield Violation("a reader saw less than before", f"{read['path']}: {len(missing)} entries gone")


def _versions_grow(evidence: Evidence) -> Iterator[Violation]:
    """A person or a case read again, later, is never at an earlier version."""
    by_path: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    for read in evidence.reads():
        version = read["answer"].get("version") if isinstance(read["answer"], dict) else None
        if not evidence.is_recent(read):
            continue
        if read["outcome"] == "acked" and version and read["kind"] in ("person", "case"):
            last = read["attempts"][-1]
            by_path[read["path"]].append((last["began"], last["ended"], version))
    for path, several in by_path.items():
        yield from _falls(path, several)


def _falls(path: str, several: list[tuple[float, float, int]]) -> Iterator[Violation]:
    by_end = sorted((ended, version) for _, ended, version in several)
    known, place = 0, 0
    for began, _, version in sorted(several):
        while place < len(by_end) and by_end[place][0] < began:
            known = max(known, by_end[place][1])
            place += 1
        if version < known:
            yield Violation("a version fell", f"{path}: {version} after {known}")
