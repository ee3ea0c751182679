"""Which query parameters an address takes, read from its own OpenAPI document.

A filter that does not exist, silently passed over, answers with more rows than its sender asked for; so it is refused.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from inzira_platform.errors import DomainError, Kind


class UnknownParameterError(DomainError):
    kind = Kind.INVALID
    code = "parameter-unknown"
    message = "This address has no query parameter of that name; its documentation lists those it has."


class RepeatedParameterError(DomainError):
    kind = Kind.INVALID
    code = "parameter-repeated"
    message = "A query parameter that takes one value was given more than once. Give it once."


class UnreadableQueryError(DomainError):
    kind = Kind.INVALID
    code = "query-not-readable"
    message = "The query could not be read. Encode it as name=value pairs joined by &."


@dataclass(frozen=True, slots=True)
class QueryRule:
    """The names an operation takes; those in `many` may be repeated."""

    names: frozenset[str]
    many: frozenset[str]

    def check(self, query_string: bytes) -> None:
        """Raises UnknownParameterError, RepeatedParameterError or UnreadableQueryError; none of them names a value."""
        if not query_string:
            return
        try:
            pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, max_num_fields=1000)
        except ValueError as error:
            raise UnreadableQueryError from error
        given = Counter(name for name, _ in pairs)
        if not given.keys() <= self.names:
            raise UnknownParameterError
        for name, times in given.items():
            if times > 1 and name not in self.many:
                raise RepeatedParameterError(field=name)


def query_rule(operation: Mapping[str, Any]) -> QueryRule:
    """The rule of one OpenAPI operation: its `parameters` that are `in: query`."""
    schemas = {p["name"]: p["schema"] for p in operation.get("parameters", ()) if p["in"] == "query"}
    many = frozenset(name for name, schema in schemas.items() if '"array"' in json.dumps(schema))
    return QueryRule(frozenset(schemas), many)
