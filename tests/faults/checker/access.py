"""Every read that showed somebody left one record, and every record reached the ledger."""

from collections import Counter
from collections.abc import Iterator

from evidence import Evidence
from verdict import Violation

LEAVES = {
    "journey": ("gateway", "journey.read"),
    "person": ("intake", "person.view"),
    "custody": ("intake", "custody.view"),
    "consents": ("intake", "consent.list"),
    "enrolments": ("curriculum", "curriculum.enrolments.list"),
    "trainings": ("tvet", "list_person_trainings"),
    "schedule": ("reintegration", "reintegration.schedule.read"),
    "case": ("reintegration", "reintegration.case.read"),
    "cases": ("reintegration", "reintegration.person.cases"),
}
LISTS = {"consents", "enrolments", "trainings", "cases"}
"""An empty list shows nobody and leaves nothing."""
LEDGER = """
SELECT e.id::text AS id, e.service, e.operation, e.actor, e.request_id, s.person_id::text AS person
FROM access_entry e JOIN access_subject s ON s.entry_id = e.id
"""


async def check(evidence: Evidence) -> Iterator[Violation]:
    rows = await evidence.rows("gateway", LEDGER)
    found = _ledger(evidence, rows)
    by_read = Counter(
        (row["request_id"], row["service"], row["operation"], row["actor"], row["person"]) for row in rows
    )
    for read in evidence.reads():
        if read["outcome"] != "acked" or read["kind"] not in LEAVES:
            continue
        if read["kind"] in LISTS and not read["answer"]["n"]:
            continue
        key = (read["attempts"][-1]["request_id"], *LEAVES[read["kind"]], read["actor"], read["person"])
        if by_read[key] > 1 or (evidence.is_settled(read) and not by_read[key]):
            found.append(Violation("read without one record", f"{read['kind']} {key[0]}: {by_read[key]} records"))
    return iter(found)


def _ledger(evidence: Evidence, rows: list) -> list[Violation]:  # type: ignore[type-arg]  # database rows
    wanted = {
        (event.id, person)
        for journal in evidence.journals.values()
        for event in journal
        if event.topic == "access"
        for person in event.data["person_ids"]
    }
    there = {(row["id"], row["person"]) for row in rows if row["service"] != "gateway"}
    found = []
    if wanted - there:
        found.append(Violation("ledger lacks records", f"{len(wanted - there)}, {sorted(wanted - there)[:2]}"))
    if evidence.restored is not None:  # that somebody was shown a person stays true
        there = {(id, person) for id, person in there if id not in evidence.restored.lost}
    if there - wanted:
        found.append(
            Violation("ledger has records nobody wrote", f"{len(there - wanted)}, {sorted(there - wanted)[:2]}")
        )
    return found
