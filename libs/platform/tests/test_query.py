"""Query parameters are those of the document: no others, and one value where one is taken."""

import pytest
from inzira_platform.errors import DomainError
from inzira_platform.query import (
    QueryRule,
    RepeatedParameterError,
    UnknownParameterError,
    UnreadableQueryError,
    query_rule,
)

OPERATION = {
    "parameters": [
        {"in": "path", "name": "person_id", "schema": {"type": "string"}},
        {"in": "query", "name": "limit", "schema": {"type": "integer"}},
        {"in": "query", "name": "stage", "schema": {"anyOf": [{"type": "array", "items": {}}, {"type": "null"}]}},
    ]
}


@pytest.fixture
def rule() -> QueryRule:
    return query_rule(OPERATION)


@pytest.mark.parametrize("query", [b"", b"limit=3", b"limit=", b"stage=A&stage=B&limit=1", b"%6cimit=3"])
def test_what_the_document_lists_is_taken(rule: QueryRule, query: bytes) -> None:
    rule.check(query)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        (b"prison=HUY", UnknownParameterError),
        (b"Limit=3", UnknownParameterError),
        (b"person_id=1", UnknownParameterError),
        (b"limit=3&=x", UnknownParameterError),
        (b"limit=3&limit=4", RepeatedParameterError),
        (b"limit=3&%6Cimit=4", RepeatedParameterError),
        (b"&".join([b"stage=A"] * 1001), UnreadableQueryError),
    ],
)
def test_everything_else_is_refused_without_repeating_it(
    rule: QueryRule, query: bytes, error: type[DomainError]
) -> None:
    with pytest.raises(error) as caught:
        rule.check(query)
    assert "prison" not in caught.value.detail
