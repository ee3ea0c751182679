"""A checker that cannot find anything proves nothing: each invariant, broken by hand, is reported."""

from typing import Any

import consents
import departed
import feed
import journals
import journeys
import outage
import pytest
import readers
import recovery
import writes
from evidence import Event, Evidence

PERSON = "0192f000-0000-7000-8000-000000000001"


def event(number: int, kind: str = "intake.person.updated", **given: object) -> Event:
    """An event of the person's stream in intake's journal."""
    source = kind.split(".")[0]
    values: dict[str, Any] = {
        "source": source, "seq": number, "id": f"e-{number}", "stream": f"person:{PERSON}", "version": number,
        "topic": source, "type": f"inzira.{kind}.v1", "request": f"r-{number}", "cause": "",
        "data": {"person_id": PERSON}, "at": number, "tx": str(number),
    }  # fmt: skip
    return Event(**{**values, **given})


def update(*attempts: tuple[int, str], outcome: str = "acked") -> dict[str, Any]:
    """A write with these attempts: status and code; the n-th carries the request id r-n."""
    told = [{"request_id": f"r-{n}", "status": status, "code": code} for n, (status, code) in enumerate(attempts, 1)]
    return {
        "kind": "update", "key": "k", "path": f"/v1/persons/{PERSON}", "outcome": outcome, "attempts": told,
        "token": "", "answer": {"id": PERSON},
    }  # fmt: skip


def judged(write: dict[str, Any], *events: Event) -> list[str]:
    said: dict[str, list[Event]] = {}
    for one in events:
        said.setdefault(one.request, []).append(one)
    return [found.invariant for found in writes._one(write, said)]


DONE, GONE, REFUSED = (200, ""), (0, ""), (409, "contradicts-record")


@pytest.mark.parametrize(
    ("write", "events", "found"),
    [
        (update(DONE), [event(1)], []),
        (update(GONE, DONE), [event(1)], []),
        (update(GONE, DONE), [event(2)], []),
        (update(DONE), [], ["acknowledged and lost"]),
        (update(GONE, DONE), [event(1), event(2)], ["written twice", "written twice"]),
        (update(REFUSED, outcome="refused"), [], []),
        (update(REFUSED, outcome="refused"), [event(1)], ["refused and yet there"]),
        (update(GONE, REFUSED, outcome="refused"), [event(1)], []),
        (update(GONE, outcome="unknown"), [event(1)], []),
        (update(GONE, outcome="unknown"), [], []),
    ],
)
def test_writes(write: dict[str, Any], events: list[Event], found: list[str]) -> None:
    assert judged(write, *events) == found


@pytest.mark.parametrize(("versions", "count"), [((1, 2, 3), 0), ((2, 1, 3), 3), ((1, 3), 1), ((1, 1, 2), 1)], ids=str)
def test_order_of_versions(versions: tuple[int, ...], count: int) -> None:
    journal = [event(number, version=version) for number, version in enumerate(versions, 1)]
    assert len(list(journals._order("intake", journal))) == count


def test_effects_of_one_event_in_two_transactions_and_of_none() -> None:
    cause = event(1)
    told = [event(number, "tvet.training.changed", cause="e-1", tx=tx) for number, tx in ((2, "7"), (3, "7"), (4, "8"))]
    stray = event(5, "tvet.training.changed", cause="e-unknown")
    evidence = Evidence(journals={"intake": [cause], "tvet": [*told, stray]})
    assert {found.invariant for found in journals._causes(evidence)} == {
        "effect twice",
        "effect of an event that never was",
    }


def journey(ids: set[str], began: float, ended: float, **given: object) -> dict[str, Any]:
    return {
        "answer": {"ids": ids, "more": False}, "attempts": [{"began": began, "ended": ended}], "path": "/journey",
        "person": PERSON, "is_stale": False, "tokens": [], "who": "huye.intake", **given,
    }  # fmt: skip


def test_a_later_reader_sees_less() -> None:
    first, beside, later = journey({"a", "b"}, 1, 3), journey({"a"}, 2, 4), journey({"a"}, 5, 6)
    assert list(readers._only_grows([first, beside])) == []
    assert [found.invariant for found in readers._only_grows([first, beside, later])] == [
        "a reader saw less than before"
    ]


def test_a_read_older_than_its_token() -> None:
    token = "WyJpbnRha2UiLFtbInBlcnNvbjp4IiwyXV1d"  # ["intake",[["person:x",2]]]
    place = {("intake", "person:x", 2): event(2)}
    held, lacking = journey({"e-2"}, 1, 2, tokens=[token]), journey({"b"}, 1, 2, tokens=[token])
    told = journey({"b"}, 1, 2, tokens=[token], is_stale=True)
    assert [len(list(readers._holds_tokens(read, place))) for read in (held, lacking, told)] == [0, 1, 0]


@pytest.mark.parametrize(("reader", "found"), [("huye.intake", 0), ("huye.psychosocial", 0), ("pfr.supervisor", 1)])
def test_a_facility_is_not_shown_how_somebody_is_followed(reader: str, found: int) -> None:
    token = "WyJpbnRha2UiLFtbInBlcnNvbjp4IiwyXV1d"  # ["intake",[["person:x",2]]]
    place = {("intake", "person:x", 2): event(2, "reintegration.visit.recorded")}
    read = journey(set(), 1, 2, tokens=[token], who=reader)
    assert len(list(readers._holds_tokens(read, place))) == found


def test_a_version_that_falls() -> None:
    assert list(readers._falls("/p", [(1, 2, 5), (1.5, 3, 4), (4, 5, 5)])) == []
    assert len(list(readers._falls("/p", [(1, 2, 5), (3, 4, 4)]))) == 1


def test_the_feed_out_of_order_and_with_an_item_too_few() -> None:
    cursors = {position: feed.base64.urlsafe_b64encode(str(position).encode()).decode() for position in (1, 2, 3)}
    items = [{"id": f"{cursors[position]}.mac", "pid": "p"} for position in (1, 3, 2)]
    evidence = Evidence(journals={"intake": []})
    evidence.notes["feed"].append({"after": None, "items": items})
    told, disorder = feed._told(evidence, {"p": PERSON})
    assert [found.invariant for found in disorder] == ["feed out of order"]
    rows = [{"person": PERSON, "position": n, "changed": ["stage"], "at": n} for n in (1, 2, 3)]
    assert list(feed._complete(evidence, rows, told)) == []
    told.pop(2)
    assert [found.invariant for found in feed._complete(evidence, rows, told)] == ["feed lacks an item"]


def test_a_replay_from_nothing() -> None:
    admitted = event(1, "intake.person.admitted", data={"facility": "HUY", "return_district": "24"})
    moved = event(2, "intake.person.moved", data={"custody_state": "IN_TRANSIT", "to_facility": "MUS"})
    received = event(3, "intake.person.moved", data={"custody_state": "IN_FACILITY", "to_facility": "MUS"})
    head = journeys.fold({"intake": [received, admitted, moved]})
    assert (head["facility"], head["incoming_facility"], head["stage"]) == ("MUS", None, "ADMITTED")
    enrolled = event(1, "curriculum.enrolment.opened", data={"enrolment_id": "x", "state": "ENROLLED"})
    assert journeys.fold({"intake": [admitted], "curriculum": [enrolled]})["stage"] == "IN_CURRICULUM"


def test_recovery_is_measured_from_the_end_of_the_fault() -> None:
    token = "WyJpbnRha2UiLFtbInBlcnNvbjp4IiwyXV1d"
    evidence = Evidence()
    evidence.notes["fault"].append({"kind": "kill.part", "target": "intake-worker", "ended": 10.0})
    read = journey({"a"}, 9, 10.5, tokens=[token], kind="journey", outcome="acked", method="GET")
    after = journey({"a"}, 11, 12.5, tokens=[token], kind="journey", outcome="acked", method="GET")
    evidence.operations += [read, after]
    assert recovery.by_kind(evidence) == {"kill.part": {"faults": 1, "median": 2.5, "longest": 2.5}}


def test_whoever_never_agreed_is_seen_by_no_organisation() -> None:
    said = {"person_id": PERSON, "consent_id": "c-1", "recipient": "PFR", "purpose": "reintegration_support"}
    granted = event(1, "intake.consent.granted", data=said)
    taken_back = event(2, "intake.consent.withdrawn", data=said)
    read = {
        "method": "GET", "kind": "case", "outcome": "acked", "who": "dide.worker", "path": "/", "person": PERSON,
        "answer": {},
    }  # fmt: skip
    evidence = Evidence(operations=[read, {**read, "who": "pfr.worker"}], journals={"intake": [granted, taken_back]})
    told = consents.replay(evidence)
    assert told == {"c-1": (PERSON, "PFR", True)}
    assert [found.detail for found in consents.seen_without(evidence, told)] == ["dide.worker /"]
    officer = Evidence(operations=[{**read, "who": "huye.psychosocial"}], journals={"intake": []})
    assert list(consents.seen_without(officer, {})) == []


@pytest.mark.parametrize(
    ("last", "name", "state", "found"),
    [
        ("admitted", "tvet", "ACTIVE", []),
        ("released", "tvet", "ACTIVE", ["open for somebody who has left"]),
        ("released", "tvet", "COMPLETED", []),
        ("released", "curriculum", "REFERRED", ["open for somebody who has left"]),
        ("released", "curriculum", "RELEASED_EARLY", []),
        ("died", "curriculum", "ENROLLED", ["open for somebody who has left"]),
        ("moved", "tvet", "ENROLLED", ["open where somebody is not held"]),
        ("moved", "curriculum", "SUSPENDED", ["open where somebody is not held"]),
        ("admitted", "reintegration", "PRE_RELEASE", []),
        ("admitted", "reintegration", "FOLLOW_UP", ["case at odds with custody"]),
        ("released", "reintegration", "FOLLOW_UP", []),
        ("released", "reintegration", "PRE_RELEASE", ["case at odds with custody"]),
        ("died", "reintegration", "FOLLOW_UP", ["case at odds with custody"]),
        ("died", "reintegration", "CLOSED", []),
    ],
)
async def test_what_stays_open_for_somebody_who_left(last: str, name: str, state: str, found: list[str]) -> None:
    told = {
        "admitted": {"facility": "HUY"},
        "moved": {"custody_state": "IN_FACILITY", "to_facility": "MUS"},
        "released": {"released_on": "2026-01-31"},
        "died": {"died_on": "2026-01-31"},
    }
    kinds = ["admitted", *([] if last == "admitted" else [last])]
    journal = [
        event(number, f"intake.person.{kind}", data={"person_id": PERSON, **told[kind]})
        for number, kind in enumerate(kinds, 1)
    ]
    row = {"id": "x", "person": PERSON, "facility": "HUY", "state": state}
    evidence = Stored({name: [row]}, journals={"intake": journal})
    assert [one.invariant for one in await departed.check(evidence)] == found


async def test_a_rebuild_that_was_given_up() -> None:
    evidence = Stored({"gateway": []})
    assert list(await journeys.check(evidence)) == []
    evidence.answers[journeys.GIVEN_UP] = [{"generation": 2, "missing": "1"}]
    assert [one.invariant for one in await journeys.check(evidence)] == ["rebuild given up"]


class Stored(Evidence):
    """What is told, beside rows of a database that is not there."""

    def __init__(self, stored: dict[str, list[dict[str, Any]]], **given: Any) -> None:  # noqa: ANN401 - Evidence's own
        super().__init__(**given)
        self.stored = stored
        self.answers: dict[str, list[dict[str, Any]]] = {}

    async def rows(self, database: str, query: str, *_given: object) -> list[Any]:
        return self.answers.get(query, self.stored.get(database, []))


def asked(ended: float, status: int, path: str = "/v1/tvet/trainings", outcome: str = "acked") -> dict[str, Any]:
    return {"path": path, "outcome": outcome, "attempts": [{"began": ended - 1, "ended": ended, "status": status}]}


@pytest.mark.parametrize(
    ("operations", "fault", "found"),
    [
        ([asked(at, 200) for at in range(0, 200, 20)], (0, 0), []),
        ([asked(10, 200), asked(100, 200)], (0, 0), ["nobody was answered"]),
        ([asked(10, 200), asked(100, 200)], (20, 60), []),
        ([asked(10, 200), asked(50, 503, outcome="unknown"), asked(100, 200)], (0, 0), ["nobody was answered"]),
        ([asked(at, 401, outcome="refused") for at in range(0, 90, 20)], (0, 0), ["nobody was let in"]),
        ([asked(at, 401, outcome="refused") for at in range(0, 90, 20)], (30, 60), []),
        ([asked(at, 401 if at != 40 else 200) for at in range(0, 90, 20)], (0, 0), []),
        (
            [
                asked(at, status, path)
                for at in range(0, 90, 20)
                for path, status in (("/v1/persons/1", 200), ("/v1/tvet/x", 401))
            ],
            (0, 0),
            ["nobody was let in"],
        ),
    ],
)
async def test_whoever_is_kept_out_while_nothing_is_broken(
    operations: list[dict[str, Any]], fault: tuple[float, float], found: list[str]
) -> None:
    evidence = Evidence(operations=operations)
    evidence.notes["fault"].append({"began": fault[0], "ended": fault[1]})
    assert [one.invariant for one in await outage.check(evidence)] == found
