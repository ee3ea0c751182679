"""The journal as a rebuild reads it."""

from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api


async def test_what_is_to_be_published_again_is_in_the_journal(api: Api) -> None:
    """After a lost log or a restored backup that is everything: whoever rebuilds then would find nothing."""
    person, officer = new_id(), api.as_("tvet_instructor", facility="HUY")
    await api.database.execute("INSERT INTO person_scope(person_id, facility) VALUES ($1, 'HUY')", person)
    for code in ("N1", "N2", "N3"):
        assert (await officer.post("/v1/notes", {"person_id": str(person), "code": code})).status_code == 201
    await api.database.execute("DELETE FROM outbox_pending WHERE seq = (SELECT min(seq) FROM outbox_pending)")
    gateway, path = api.as_("system"), "/v1/operations/tvet/journal"
    first = (await gateway.get(f"{path}?limit=2")).json()
    rest = (await gateway.get(f"{path}?limit=2&after_seq={first['next_after_seq']}")).json()
    told = [(entry["stream"], entry["version"]) for page in (first, rest) for entry in page["entries"]]
    assert told == [(f"person:{person}", version) for version in (1, 2, 3)]
    assert (await gateway.get(f"{path}?after_seq={rest['next_after_seq']}")).json()["entries"] == []
