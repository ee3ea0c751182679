"""Merging the services' OpenAPI documents into one. Pure: documents in, document out."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

Document = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
PROBLEM = "application/problem+json"
INTERNAL_PERMISSION = "journal:read"

SHARED = frozenset({"Problem", "FieldError"})
"""Schemas the platform defines once for all: they keep their name and appear once."""

PUBLIC_PREFIXES = ("/v1/", "/oauth/", "/.well-known/", "/docs")

EDGE_ANSWERS: Mapping[str, str] = {
    "400": "The request could not be read.",
    "429": "Too many requests: wait as `Retry-After` says.",
    "431": "The headers of the request are too large.",
    "503": "The service behind this address does not answer now: try again later.",
    "504": "The service behind this address did not answer in time.",
}
"""What the gateway itself may answer in place of any service."""


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """(METHOD, path, operation) of every operation in a document."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


def is_public(path: str, operation: Document) -> bool:
    """Whether an operation of a service belongs on the gateway: not probes, not what services say among themselves."""
    return (
        path.startswith(PUBLIC_PREFIXES)
        and not operation.get("x-internal")
        and operation.get("x-permission") != INTERNAL_PERMISSION
    )


def merge(documents: Mapping[str, Document], info: Document, public: frozenset[str]) -> Document:
    """One OpenAPI 3.1 document of every public operation; `public` are the permissions that need no account.

    Names of components and operations get the service in front (`intake.Admission`, `intake.admit`), because two
    services may use one name.
    Raises ValueError when two services claim the same operation.
    """
    paths: dict[str, Document] = {}
    schemas: dict[str, Document] = {}
    for service in sorted(documents):
        document = _prefixed(documents[service], service)
        names = _operation_names(document)
        for method, path, operation in operations(document):
            if not is_public(path, operation):
                continue
            item = paths.setdefault(path, {})
            if method.lower() in item:
                raise ValueError(f"{method} {path} is claimed by two services")
            item[method.lower()] = _public(operation, names[method, path], service, public)
        schemas.update(_schemas(document, service))
    return {
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": reachable(paths, schemas),
        },
    }


def _schemas(document: Document, service: str) -> dict[str, Document]:
    schemas = document.get("components", {}).get("schemas", {})
    return {_renamed(name, service): schema for name, schema in schemas.items()}


def _renamed(name: str, service: str) -> str:
    return name if name in SHARED else f"{service}.{name}"


def _prefixed(document: Document, service: str) -> Document:
    copied = deepcopy(document)
    _rewrite(copied, service)
    return copied


def _rewrite(node: Any, service: str) -> None:  # noqa: ANN401 - any JSON value
    if isinstance(node, list):
        for item in node:
            _rewrite(item, service)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                node[key] = _reference(value, service)
            elif key == "mapping" and isinstance(value, dict):
                node[key] = {name: _reference(target, service) for name, target in value.items()}
            else:
                _rewrite(value, service)


def _reference(reference: str, service: str) -> str:
    prefix = "#/components/schemas/"
    return prefix + _renamed(reference.removeprefix(prefix), service) if reference.startswith(prefix) else reference


def _operation_names(document: Document) -> dict[tuple[str, str], str]:
    """What each operation is called: its function's name, and the framework's long name where two share one."""
    long = {
        (method, path): str(operation.get("operationId", "operation"))
        for method, path, operation in operations(document)
    }
    short = {(method, path): short_name(name, method, path) for (method, path), name in long.items()}
    times = Counter(short.values())
    return {key: name if times[name] == 1 else long[key] for key, name in short.items()}


def short_name(name: str, method: str, path: str) -> str:
    """An operation's name without the path and method that the framework puts behind it."""
    return name.removesuffix(re.sub(r"\W", "_", path) + f"_{method.lower()}")


def _public(operation: Document, name: str, service: str, public: frozenset[str]) -> Document:
    kept: Document = {key: value for key, value in operation.items() if key not in ("security", "operationId")}
    kept["operationId"] = f"{service}.{name}"
    kept["tags"] = [f"{service}: {tag}" for tag in operation.get("tags", [])] or [service]
    kept["x-service"] = service
    if operation.get("x-permission") in public:
        kept["security"] = []
    responses = dict(operation.get("responses", {}))
    for status, description in EDGE_ANSWERS.items():
        responses.setdefault(status, _problem(description))
    kept["responses"] = dict(sorted(responses.items()))
    return kept


def _problem(description: str) -> Document:
    return {
        "description": description,
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def reachable(paths: Document, schemas: dict[str, Document]) -> dict[str, Document]:
    """Only the schemas some operation refers to: the document tells nothing of what stays inside."""
    wanted: set[str] = set()
    queue: list[Any] = [paths]
    while queue:
        node = queue.pop()
        if isinstance(node, list):
            queue.extend(node)
        elif isinstance(node, dict):
            for name in _names_in(node):
                if name in schemas and name not in wanted:
                    wanted.add(name)
                    queue.append(schemas[name])
            queue.extend(value for value in node.values() if isinstance(value, dict | list))
    return {name: schemas[name] for name in sorted(wanted)}


def _names_in(node: Document) -> list[str]:
    prefix = "#/components/schemas/"
    found = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    mapping = node.get("mapping")
    if isinstance(mapping, dict):
        found.extend(target for target in mapping.values() if isinstance(target, str))
    return [ref.removeprefix(prefix) for ref in found if ref.startswith(prefix)]
