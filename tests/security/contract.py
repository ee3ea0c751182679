"""A service's OpenAPI document held against its answers by schemathesis: bounded, seeded, without shrinking."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import httpx2
import schemathesis
from nudges import CANARY, Known, Nudger
from repeatable import PHASES, same_constants
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.engine import Status, events, from_schema
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER

SEED = 20261123
ATTEMPTS = 3
MADE_VALID = "Positive test case"
INTERPRETER_FAULT = "AST constructor recursion depth mismatch"
"""A fault of CPython 3.11 (gh-106905) in the generator's own code, before anything is sent: the run is made again."""

CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance", "unsupported_method", "negative_data_rejection",
    "problem_shape", "security_headers", "nothing_echoed",
)  # fmt: skip
TokenOf = Callable[[str], str | None]
"""The token to send for a permission."""


@dataclass
class Findings:
    """What a run brought."""

    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    generated: list[str] = field(default_factory=list)
    statuses: dict[str, dict[int, int]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def calls(self) -> int:
        """Requests made."""
        return sum(sum(counts.values()) for counts in self.statuses.values())

    def succeeded(self) -> set[str]:
        """Operations that answered 2xx at least once."""
        return {label for label, counts in self.statuses.items() if any(200 <= status < 300 for status in counts)}

    def report(self) -> str:
        """Every distinct finding with one example."""
        lines = [f"{label}: {title}\n    {text}" for (label, title), text in sorted(self.failures.items())]
        return "\n".join([*lines, *self.errors])


@schemathesis.check
def problem_shape(_ctx: Any, response: Any, case: Any) -> None:  # noqa: ANN401 - schemathesis calls it so
    """Every refusal is a problem document with a code and the request's id."""
    if response.status_code < 400 or case.method == "HEAD":
        return
    media = response.headers.get("content-type", [""])[0]
    _must(case, media == "application/problem+json", f"{response.status_code} as {media!r}")
    document = json.loads(response.content)
    _must(case, document["status"] == response.status_code, "status differs")
    _must(case, re.fullmatch(r"[a-z0-9-]{3,60}", document["code"]) is not None, "code")
    _must(case, document["request_id"] == response.headers["x-request-id"][0], "request id")
    if response.status_code in (429, 503):
        _must(case, "retry-after" in response.headers, "no Retry-After")
    if response.status_code == 401:
        _must(case, "www-authenticate" in response.headers, "no WWW-Authenticate")


@schemathesis.check
def security_headers(_ctx: Any, response: Any, case: Any) -> None:  # noqa: ANN401 - schemathesis calls it so
    """What every answer carries."""
    if response.status_code == 400 and b"Invalid HTTP request" in response.content:
        return  # the server's own word for what is no HTTP
    _must(case, "x-request-id" in response.headers, "no X-Request-Id")
    _must(case, "cache-control" in response.headers, "no Cache-Control")
    _must(case, response.headers.get("x-content-type-options") == ["nosniff"], "no nosniff")


@schemathesis.check
def nothing_echoed(_ctx: Any, response: Any, case: Any) -> None:  # noqa: ANN401 - schemathesis calls it so
    """No refusal repeats a value of its request."""
    if response.status_code < 400:
        return
    answer = response.content.decode("utf-8", "replace")
    own = json.dumps(case.operation.schema.raw_schema)
    sent = [
        case.path_parameters,
        case.query,
        case.body,
        {k: v for k, v in case.headers.items() if k != "Authorization"},
    ]
    for value in _texts(sent):
        plain = json.dumps(value)[1:-1]
        if len(value) >= 6 and plain in answer and plain not in own:
            _must(case, False, f"repeats {value!r}: {answer[:400]}")


def refusal_of(answer: httpx2.Response, *statuses: int, code: str | None = None) -> dict[str, Any] | None:
    """The problem document of a refusal with one of these statuses and this code; None when it is none."""
    if answer.status_code not in statuses or answer.headers.get("content-type") != "application/problem+json":
        return None
    document: dict[str, Any] = answer.json()
    whole = {"type", "title", "status", "detail", "code", "instance", "request_id"} <= set(document)
    known = whole and document["request_id"] == answer.headers.get("x-request-id")
    return document if known and code in (None, document["code"]) else None


def _must(case: Any, holds: bool, words: str) -> None:  # noqa: ANN401 - schemathesis' case
    if not holds:
        raise Failure(operation=case.operation.label, title=words.partition(":")[0][:60], message=words)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def hold_to_contract(
    url: str,
    document: dict[str, Any],
    token_of: TokenOf,
    known: Known,
    *,
    examples: int = 15,
    phases: tuple[str, ...] | None = None,
) -> Findings:
    """Run the phases examples, coverage and fuzzing (or only `phases`) over every operation of `document` at `url`."""
    started = time.perf_counter()
    on = phases or ("examples", "coverage", "fuzzing")
    settings = SchemathesisConfig.from_dict({
        "seed": SEED,
        "base-url": url,
        "continue-on-failure": True,
        "request-timeout": 20,
        "generation": {
            "max-examples": examples, "no-shrink": True, "with-security-parameters": False, "database": "none",
        },
        "phases": {name: {**PHASES[name], "enabled": name in on} for name in PHASES},
        "checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}},
        "suppress-health-check": ["all"],
    })  # fmt: skip
    schema = schemathesis.openapi.from_dict(document, config=settings)
    schema.config.checks.update(included_check_names=list(CHECKS))
    findings = Findings()
    with same_constants(), _bent(Nudger(known, SEED), token_of, findings):
        for event in from_schema(schema).execute():
            _take(event, findings)
    findings.seconds = time.perf_counter() - started
    return findings


def _take(event: object, findings: Findings) -> None:
    if isinstance(event, events.NonFatalError | events.FatalError):
        findings.errors.append(repr(event))
    if not isinstance(event, events.ScenarioFinished):
        return
    counts = findings.statuses.setdefault(event.recorder.label, {})
    for interaction in event.recorder.interactions.values():
        status = interaction.response.status_code if interaction.response else 0
        counts[status] = counts.get(status, 0) + 1
    for case_id, nodes in event.recorder.checks.items():
        for node in nodes:
            if node.status == Status.FAILURE and node.failure_info is not None:
                failure = node.failure_info.failure
                if isinstance(failure, AcceptedNegativeData) and _made_valid(event.recorder.cases[case_id].value):
                    continue
                text = f"{failure.message[:500]}\n    {node.failure_info.code_sample[:700]}"
                findings.failures.setdefault((event.recorder.label, failure.title), text)


def _as_generated(case: Any) -> str:  # noqa: ANN401 - schemathesis' case
    """A request as it was drawn, before real ids and tokens come into it."""
    return repr((case.operation.label, case.method, case.path_parameters, case.query, dict(case.headers), case.body))


def _made_valid(case: Any) -> bool:  # noqa: ANN401 - schemathesis' case
    """Whether the generator made the request to be valid.

    Once a hook has touched a request it is judged anew, and then the length of a text in the path is measured as it
    is percent-encoded: a valid one of forty letters beyond ASCII would count as too long.
    """
    return case.meta is not None and case.meta.phase.data.description == MADE_VALID


@contextmanager
def _bent(nudger: Nudger, token_of: TokenOf, findings: Findings) -> Iterator[None]:
    """Every request of the block carries a token of its operation's permission and meets real ids."""

    def before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:  # noqa: ANN401 - schemathesis calls it so
        permission = case.operation.definition.raw.get("x-permission", "")
        findings.generated.append(_as_generated(case))
        nudger.begin(case.operation.label)
        # schemathesis hands one object to several requests: what is bent in place would come back in the next
        case.path_parameters, case.query = dict(case.path_parameters or {}), dict(case.query or {})
        nudger.path(case.path_parameters)
        nudger.query(case.query)
        nudger.headers(case.headers)
        case.body = nudger.body(deepcopy(case.body))
        token = token_of(permission)
        if token is not None:
            case.headers["Authorization"] = f"Bearer {token}"

    schemathesis.hook(before_call)
    try:
        yield
    finally:
        GLOBAL_HOOK_DISPATCHER.unregister(before_call)


__all__ = ["CANARY", "CHECKS", "Findings", "hold_to_contract", "refusal_of"]
