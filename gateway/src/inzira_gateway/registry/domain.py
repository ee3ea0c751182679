"""What a route is, how it follows from an OpenAPI document, and where the two disagree. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from inzira_gateway.apidocs.merge import is_public, operations

READ_SECONDS = 10
WRITE_SECONDS = 30
UPLOAD_SECONDS = 120
DEFAULT_MAX_BODY = 1_000_000
UPLOADS = ("multipart/form-data", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
RATES: Mapping[str, str] = {
    "partner:token": "login", "partner:read": "partner", "partner:feed": "partner", "partner:webhook": "partner",
}  # fmt: skip
"""Class of rate that goes with a permission, where the method does not decide it."""
CLASSES = ("read", "write", "bulk", "login", "partner")


class RegistryError(Exception):
    """The registry and what the services offer do not agree: the gateway must not start."""


@dataclass(frozen=True, slots=True)
class Route:
    """One operation as the gateway lets it through; the service's document decides all but rate, cost and timeout."""

    method: str
    path: str
    upstream: str
    permission: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: tuple[str, ...] = ()
    max_body: int = 0
    idempotency: str = "none"
    stream: bool = False
    rate: str = "read"
    cost: int = 1
    timeout: int = READ_SECONDS

    @property
    def key(self) -> tuple[str, str]:
        return self.method, self.path


TUNABLE = ("rate", "cost", "timeout")
"""What a person may set by hand in registry.yaml; regenerating keeps it."""


def from_document(service: str, document: Mapping[str, Any]) -> list[Route]:
    """The routes a service's document offers to the outside.

    Raises RegistryError for an operation that declares no permission.
    """
    found = []
    for method, path, operation in operations(dict(document)):
        if not is_public(path, operation):
            continue
        permission = operation.get("x-permission")
        if not permission:
            raise RegistryError(f"{method} {path} of {service} declares no permission")
        found.append(_route(service, method, path, operation))
    return found


def _route(service: str, method: str, path: str, operation: Mapping[str, Any]) -> Route:
    permission = operation["x-permission"]
    body = tuple(sorted(operation.get("requestBody", {}).get("content", {})))
    parameters = operation.get("parameters", [])
    upload = any(kind in UPLOADS for kind in body)
    return Route(
        method=method,
        path=path,
        upstream=service,
        permission=permission,
        params={item["name"]: _kind(item.get("schema", {})) for item in parameters if item["in"] == "path"},
        body=body,
        max_body=int(operation.get("x-max-body", DEFAULT_MAX_BODY)) if body else 0,
        idempotency="required" if _takes_key(parameters) else "none",
        stream=_streams(operation),
        rate=RATES.get(permission, "bulk" if upload else ("read" if method == "GET" else "write")),
        cost=1,
        timeout=UPLOAD_SECONDS if upload else (READ_SECONDS if method == "GET" else WRITE_SECONDS),
    )


def _kind(schema: Mapping[str, Any]) -> str:
    if schema.get("format") in ("uuid", "date"):
        return str(schema["format"])
    return "integer" if schema.get("type") == "integer" else "token"


def _takes_key(parameters: Iterable[Mapping[str, Any]]) -> bool:
    return any(item["in"] == "header" and item["name"].lower() == "idempotency-key" for item in parameters)


def _streams(operation: Mapping[str, Any]) -> bool:
    answers = operation.get("responses", {}).values()
    return any("text/event-stream" in answer.get("content", {}) for answer in answers)


def with_tuning(routes: Iterable[Route], known: Iterable[Route]) -> list[Route]:
    """Freshly generated routes, with what was set by hand for those known before."""
    tuned = {route.key: route for route in known}
    result = []
    for route in sorted(routes, key=lambda item: (item.path, item.method)):
        kept = tuned.get(route.key)
        values = asdict(route)
        if kept is not None:
            values.update({name: getattr(kept, name) for name in TUNABLE})
        result.append(Route(**values))
    return result


def disagreements(registered: Iterable[Route], offered: Iterable[Route]) -> list[str]:
    """Every difference between the registry and what the documents offer, one line each; empty when they agree."""
    ours = {route.key: route for route in registered}
    theirs = {route.key: route for route in offered}
    lines = [f"{m} {p}: offered by {theirs[m, p].upstream}, not registered" for m, p in theirs.keys() - ours.keys()]
    lines += [f"{m} {p}: registered, offered by no service" for m, p in ours.keys() - theirs.keys()]
    for key in ours.keys() & theirs.keys():
        one, other = asdict(ours[key]), asdict(theirs[key])
        differing = [name for name in one if name not in TUNABLE and one[name] != other[name]]
        lines += [f"{key[0]} {key[1]}: {name} differs" for name in differing]
    return sorted(lines)


def check_routes(routes: Iterable[Route], permissions: Mapping[str, frozenset[str]], upstreams: Iterable[str]) -> None:
    """Raise RegistryError for an unknown permission, class, upstream or a route registered twice."""
    seen: set[tuple[str, str]] = set()
    known = {*upstreams, "gateway"}
    for route in routes:
        faults = [
            name
            for name, bad in (
                ("permission", route.permission not in permissions),
                ("upstream", route.upstream not in known),
                ("rate", route.rate not in CLASSES),
                ("registered twice", route.key in seen),
                ("cost or timeout", not (1 <= route.cost <= 1000 and 1 <= route.timeout <= 600)),
            )
            if bad
        ]
        if faults:
            raise RegistryError(f"{route.method} {route.path}: {', '.join(faults)}")
        seen.add(route.key)
