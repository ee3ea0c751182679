"""What the checker says of a restored backup: exactly what came after it is gone, and none of it returns."""

from datetime import UTC, datetime
from typing import Any

import feed
import pytest
import restored
from evidence import Evidence
from restored import Restored
from test_checker import PERSON, event, update

BACKUP, RESTORATION = (100.0, 110.0), (200.0, 230.0)


def back(before: dict[str, float], after: set[str]) -> Restored:
    """A restoration of intake: events by id with the second they were written, and those the backup held."""
    moments = {id: datetime.fromtimestamp(at, UTC).isoformat() for id, at in before.items()}
    return Restored(*BACKUP, *RESTORATION, 7, {"intake": moments}, {"intake": frozenset(after)})


def told(began: float, ended: float) -> dict[str, Any]:
    write = {**update((200, "")), "method": "POST"}
    write["attempts"][0] |= {"began": began, "ended": ended}
    return write


@pytest.mark.parametrize(
    ("began", "ended", "stands"),
    [
        (90, 99, "kept"),
        (90, 101, "open"),
        (105, 120, "open"),
        (111, 190, "lost"),
        (190, 240, "open"),
        (231, 232, "since"),
    ],
)
def test_where_an_operation_stands(began: float, ended: float, stands: str) -> None:
    assert back({}, set()).of(told(began, ended)) == stands


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": 50, "b": 120}, {"a"}, []),
        ({"a": 20, "b": 120}, set(), ["restoration lost too much"]),
        ({"a": 50}, {"a", "c"}, ["restored what never was"]),
    ],
)
def test_nothing_older_is_lost_and_nothing_is_brought(
    before: dict[str, float], after: set[str], found: list[str]
) -> None:
    assert [one.invariant for one in restored._only_the_end(back(before, after))] == found


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ({"a", "d"}, []),
        ({"d"}, ["restored and lost again"]),
        ({"a", "b"}, ["given up and back again"]),
    ],
)
def test_it_stays_so(now: set[str], found: list[str]) -> None:
    taken_back = back({"a": 50, "b": 120}, {"a"})
    assert [one.invariant for one in restored._stays_so(taken_back, {"intake": now})] == found


@pytest.mark.parametrize(("write", "count"), [(told(90, 99), 0), (told(105, 120), 0), (told(120, 121), 1)])
def test_a_write_from_after_the_backup_leaves_nothing(write: dict[str, Any], count: int) -> None:
    evidence = Evidence(operations=[write], journals={"intake": [event(1)]}, restored=back({}, set()))
    assert [one.invariant for one in restored._writes(evidence)] == ["given up and back again"] * count


def test_a_milestone_is_told_again_only_if_it_was_not_before() -> None:
    consent = event(1, "intake.consent.granted")
    row = {"person": PERSON, "at": 1, "changed": ["consent"]}

    def found(taken_in: set[str], *rows: dict[str, Any]) -> int:
        taken_back = Restored(*BACKUP, *RESTORATION, 7, taken_in=frozenset(taken_in))
        evidence = Evidence(journals={"intake": [consent]}, restored=taken_back)
        return len(list(feed._milestones(evidence, list(rows))))

    assert [found(set(), row), found(set()), found({"e-1"}), found({"e-1"}, row)] == [0, 1, 0, 1]


def test_the_partner_is_told_of_what_changed_since() -> None:
    rows = [{"position": 8, "changed": ["org"]}, {"position": 9, "changed": ["stage"]}]
    told_of = [list(feed._told_anew(PERSON, rows, positions, 8)) for positions in ({9}, {8, 9}, {8}, {9, 10})]
    assert [[one.invariant for one in several] for several in told_of] == [
        [], [], ["feed lacks an item"], ["feed told too much"],
    ]  # fmt: skip


@pytest.mark.parametrize(("positions", "count"), [({9}, 0), ({8, 9}, 0), ({8}, 1)])
def test_nobody_is_shown_before_their_admission(positions: set[int], count: int) -> None:
    rows = [{"position": 8, "changed": ["case_state"]}, {"position": 9, "changed": ["stage"]}]
    assert len(list(feed._told_anew(PERSON, rows, positions, 9))) == count
