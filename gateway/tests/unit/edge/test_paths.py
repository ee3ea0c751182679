import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_gateway.edge.paths import PathTable, Template, is_clean

TABLE = PathTable(
    [
        Template("/v1/persons", {}),
        Template("/v1/persons/{person_id}", {"person_id": "uuid"}),
        Template("/v1/persons/search", {}),
        Template("/v1/persons/{person_id}/notes", {"person_id": "uuid"}),
        Template("/v1/cohorts/{cohort_id}/sessions/{code}", {"cohort_id": "uuid", "code": "token"}),
    ]
)
PERSON = "01939c5e-7a10-7c3e-9f1a-2b6d5e8c4f01"


def clean(raw: str) -> bool:
    return is_clean(raw.encode("latin-1"), raw)


def test_find_prefers_fixed_words() -> None:
    match = TABLE.find("/v1/persons/search")
    assert match is not None and match.template == "/v1/persons/search"


def test_find_gives_values_and_template_rebuilds_the_path() -> None:
    match = TABLE.find(f"/v1/persons/{PERSON}/notes")
    assert match is not None and match.values == {"person_id": PERSON}
    template = Template("/v1/persons/{person_id}/notes", {"person_id": "uuid"})
    assert template.build(match.values) == f"/v1/persons/{PERSON}/notes"


@pytest.mark.parametrize("path", ["/v1/persons/1", "/v1/persons/" + PERSON.upper(), "/v1", "/", "/v1/persons/x/notes"])
def test_find_refuses_values_of_another_kind(path: str) -> None:
    assert TABLE.find(path) is None


@pytest.mark.parametrize(
    "raw",
    [
        "/v1/persons/a%2Fnotes", "/v1/persons/a%2fnotes", "/v1/persons/%2e%2e/notes", "/v1/persons/../cohorts",
        "/v1/persons/./x", "/v1//persons", "//v1/persons", "/v1/persons/", "/v1/persons;a=1", "/v1/persons%00",
        "/v1/persons%5c..", "/v1/persons\\..", "/v1/persons/%252e", "/v1/persons/a b", "/v1/pérsons", "v1/persons",
        "", "/v1/persons/" + "a" * 2000, "/v1/persons/...", "http://other/v1/persons",
    ],
)  # fmt: skip
def test_is_clean_refuses_attacks(raw: str) -> None:
    assert not clean(raw)


def test_is_clean_refuses_when_decoded_and_raw_differ() -> None:
    assert not is_clean(b"/v1/%70ersons", "/v1/persons")


@given(st.text(alphabet="/.%;\\aA0-2FfeE5cC~\x00", max_size=40))
def test_no_disguise_reaches_another_route(tail: str) -> None:
    raw = f"/v1/persons/{PERSON}{tail}"
    if clean(raw):
        match = TABLE.find(raw)
        assert match is None or tail in ("", "/notes")
