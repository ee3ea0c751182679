"""One request, one transaction: access, problems, idempotency and what is left behind."""

from uuid import UUID

from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api

OFFICER = ("tvet_instructor",)


async def person_in(api: Api, facility: str) -> UUID:
    person = new_id()
    await api.database.execute("INSERT INTO person_scope(person_id, facility) VALUES ($1, $2)", person, facility)
    return person


async def test_no_token_is_401_even_with_a_malformed_body(api: Api) -> None:
    answer = await api.nobody().request("POST", "/v1/notes", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_role_without_permission_is_403(api: Api) -> None:
    assert (await api.as_("administrator").get("/v1/notes")).status_code == 403


async def test_write_commits_row_event_and_key_together(api: Api) -> None:
    person = await person_in(api, "HUY")
    caller = api.as_("tvet_instructor", facility="HUY")
    answer = await caller.post(
        "/v1/notes", {"person_id": str(person), "code": "A"}, headers={"Idempotency-Key": "k-000001"}
    )
    assert answer.status_code == 201, answer.text
    assert answer.headers["consistency-token"]
    again = await caller.post(
        "/v1/notes", {"person_id": str(person), "code": "A"}, headers={"Idempotency-Key": "k-000001"}
    )
    assert (again.status_code, again.json(), again.headers["idempotency-replayed"]) == (201, answer.json(), "true")
    assert again.headers["consistency-token"] == answer.headers["consistency-token"]
    other = await caller.post(
        "/v1/notes", {"person_id": str(person), "code": "B"}, headers={"Idempotency-Key": "k-000001"}
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert await api.database.value("SELECT count(*) FROM note") == 1
    assert [event.person_id for event in await api.database.events()] == [person]
    assert await api.database.value("SELECT count(*) FROM outbox_pending") == 1


async def test_missing_key_is_428(api: Api) -> None:
    person = await person_in(api, "HUY")
    answer = await api.as_("tvet_instructor", facility="HUY").post(
        "/v1/notes", {"person_id": str(person), "code": "A"}, keyed=False
    )
    assert (answer.status_code, answer.json()["code"]) == (428, "idempotency-key-missing")


async def test_failure_after_the_event_leaves_nothing(api: Api) -> None:
    person = await person_in(api, "HUY")
    answer = await api.as_("tvet_instructor", facility="HUY").post(
        "/v1/notes", {"person_id": str(person), "code": "CRASH"}
    )
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert await api.database.value("SELECT count(*) FROM outbox") == 0
    assert await api.database.value("SELECT count(*) FROM note") == 0


async def test_commit_failure_is_not_answered_with_success(api: Api) -> None:
    await api.database.execute(
        "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE unique_violation; END $$;"
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION late()"
    )
    person = await person_in(api, "HUY")
    answer = await api.as_("tvet_instructor", facility="HUY").post("/v1/notes", {"person_id": str(person), "code": "A"})
    assert (answer.status_code, answer.json()["code"]) == (409, "contradicts-record")


async def test_rule_violation_names_field_not_value(api: Api) -> None:
    person = await person_in(api, "HUY")
    caller = api.as_("tvet_instructor", facility="HUY")
    refused = await caller.post("/v1/notes", {"person_id": str(person), "code": "REFUSED"})
    assert (refused.status_code, refused.json()["code"]) == (409, "note-refused")
    invalid = await caller.post("/v1/notes", {"person_id": str(person), "code": "secret value", "more": 1})
    assert invalid.status_code == 422
    assert {item["field"] for item in invalid.json()["errors"]} == {"body.code", "body.more"}
    assert "secret" not in invalid.text


JSON = {"Content-Type": "application/json"}


async def test_a_body_that_is_no_json_is_told_where_it_breaks(api: Api) -> None:
    caller = api.as_("tvet_instructor", facility="HUY")
    answer = await caller.request("POST", "/v1/notes", content=b'{"code": secret}', headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed-body")
    assert "from character 9 on" in answer.json()["detail"]
    assert "secret" not in answer.text


async def test_other_facility_looks_like_not_there(api: Api) -> None:
    person = await person_in(api, "HUY")
    made = await api.as_("tvet_instructor", facility="HUY").post("/v1/notes", {"person_id": str(person), "code": "A"})
    stranger = api.as_("tvet_instructor", facility="MUS")
    hidden = await stranger.get(f"/v1/notes/{made.json()['id']}")
    absent = await stranger.get(f"/v1/notes/{new_id()}")
    assert hidden.status_code == absent.status_code == 404
    same = {"request_id"}
    assert {k: v for k, v in hidden.json().items() if k not in same} == {
        k: v for k, v in absent.json().items() if k not in same
    }
    assert (await stranger.get("/v1/notes")).json() == []
    assert (await stranger.get("/v1/notes/unfiltered")).json() == [], "row-level security is the net"
    assert len((await api.as_("tvet_instructor", facility="HUY").get("/v1/notes/unfiltered")).json()) == 1


async def test_writing_for_a_person_out_of_reach_is_refused_by_the_database(api: Api) -> None:
    person = await person_in(api, "HUY")
    answer = await api.as_("tvet_instructor", facility="MUS").post("/v1/notes", {"person_id": str(person), "code": "A"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert await api.database.value("SELECT count(*) FROM note") == 0


async def test_read_leaves_an_access_record(api: Api) -> None:
    person = await person_in(api, "HUY")
    caller = api.as_("tvet_instructor", facility="HUY")
    made = await caller.post("/v1/notes", {"person_id": str(person), "code": "A"})
    await caller.get(f"/v1/notes/{made.json()['id']}")
    (record,) = await api.database.events(access=True)
    assert record.person_ids == [person] or list(record.person_ids) == [person]


async def test_limits_and_methods(api: Api) -> None:
    caller = api.as_("tvet_instructor", facility="HUY")
    assert (await caller.request("DELETE", "/v1/notes")).status_code == 405
    assert (await caller.get("/v1/nowhere")).json()["code"] == "not-found"
    large = await caller.request(
        "POST", "/v1/notes", content=b"[" + b" " * 1_100_000, headers={"Content-Type": "application/json"}
    )
    assert (large.status_code, large.json()["code"]) == (413, "too-large")
    media = await caller.request("POST", "/v1/notes", content=b"<a/>", headers={"Content-Type": "text/xml"})
    assert (media.status_code, media.json()["code"]) == (415, "unsupported-media-type")


async def test_if_match(api: Api) -> None:
    caller = api.as_("tvet_instructor", facility="HUY")
    body = {"person_id": str(new_id()), "code": "A"}
    path = f"/v1/notes/{new_id()}"
    assert (await caller.put(path, body)).status_code == 428
    assert (await caller.put(path, body, headers={"If-Match": '"2"'})).status_code == 412
    assert (await caller.put(path, body, headers={"If-Match": '"3"'})).status_code == 200


async def test_tokens_that_are_not_ours(api: Api) -> None:
    from joserfc import jwt
    from joserfc.jwk import ECKey

    good = api.as_("tvet_instructor", facility="HUY")
    assert (await good.get("/v1/notes")).status_code == 200
    from inzira_platform.testing.client import principal_of

    principal = principal_of("tvet_instructor", facility="HUY")
    now = int(api.clock.now().timestamp())
    for overrides in (
        {"aud": "svc:intake"},
        {"aud": ["svc:tvet"]},
        {"iss": "other"},
        {"exp": now - 1},
        {"nbf": now + 600},
    ):
        assert (await api.as_principal(principal, **overrides).get("/v1/notes")).status_code == 401, overrides
    foreign = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    claims = {"iss": "rw-gateway", "aud": "svc:tvet", "exp": now + 60, "sub": "x", "roles": ["tvet_instructor"]}
    for token in (
        jwt.encode({"alg": "ES256", "typ": "int+jwt", "kid": foreign.kid}, claims, foreign),
        jwt.encode({"alg": "ES256", "typ": "int+jwt", "kid": api.keys.key.kid}, claims, foreign),
        jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": api.keys.key.kid}, claims, api.keys.key),
        "a.b.c",
        "x" * 5000,
    ):
        assert (await api.with_token(token).get("/v1/notes")).status_code == 401
