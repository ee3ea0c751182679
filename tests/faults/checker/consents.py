"""No organisation was shown whom nobody let it see; every database knows the consents the journal tells of."""

from collections.abc import Iterator

from evidence import DATABASES, Evidence
from verdict import Violation

PURPOSE = "reintegration_support"
ORGANISATIONS = {"pfr.": "PFR", "dide.": "DIDE"}
"""By how the names of their users begin."""
KEPT = """
SELECT consent_id::text AS id, person_id::text AS person, recipient, ended_at IS NOT NULL AS ended FROM casework_consent
"""


async def check(evidence: Evidence) -> Iterator[Violation]:
    told = replay(evidence)
    found = list(seen_without(evidence, told))
    for name in DATABASES:
        kept = {row["id"]: (row["person"], row["recipient"], row["ended"]) for row in await evidence.rows(name, KEPT)}
        wrong = sorted(id for id in told.keys() | kept.keys() if told.get(id) != kept.get(id))
        if wrong:
            found.append(Violation("consent differs from a replay", f"{name}: {len(wrong)} consents, {wrong[:3]}"))
    return iter(found)


def replay(evidence: Evidence) -> dict[str, tuple[str, str, bool]]:
    """Person, organisation and whether it ended, by consent, as intake's journal tells."""
    told: dict[str, tuple[str, str, bool]] = {}
    for event in evidence.journals["intake"]:
        if event.kind in ("consent.granted", "consent.withdrawn") and event.data["purpose"] == PURPOSE:
            ended = event.kind == "consent.withdrawn" or told.get(event.data["consent_id"], ("", "", False))[2]
            told[event.data["consent_id"]] = (event.data["person_id"], event.data["recipient"], ended)
    return told


def seen_without(evidence: Evidence, told: dict[str, tuple[str, str, bool]]) -> Iterator[Violation]:
    """Reads that showed a person to an organisation which the person never agreed to.

    How soon an end hides them is measured elsewhere: here consumers are killed and cut off from what they would hear.
    """
    agreed = {(person, org) for person, org, _ in told.values()}
    for read in evidence.reads():
        org = next((org for prefix, org in ORGANISATIONS.items() if read["who"].startswith(prefix)), None)
        shown = (
            read["outcome"] == "acked"
            and evidence.is_recent(read)
            and read["kind"] in ("case", "cases", "schedule", "journey", "person")
        )
        if org and shown and (read["answer"] or {}).get("n", 1) and (read["person"], org) not in agreed:
            yield Violation("seen without consent", f"{read['who']} {read['path']}")
