"""The document for one role: what it may call and nothing else, ready for a generator of clients. Pure."""

from collections import Counter
from copy import deepcopy
from typing import Any

from inzira_gateway.apidocs.merge import Document, operations, reachable, short_name

REFERENCE = "#/components/schemas/"


def narrowed(document: Document, permissions: frozenset[str]) -> Document:
    """The merged document reduced to operations under one of `permissions`, with the schemas they need.

    Names lose the service in front where that leaves them unambiguous: `follow_feed`, `PartnerPersonRead`.
    """
    paths: dict[str, Document] = {}
    for method, path, operation in operations(document):
        if operation["x-permission"] in permissions:
            paths.setdefault(path, {})[method.lower()] = deepcopy(operation)
    schemas = deepcopy(reachable(paths, document["components"]["schemas"]))
    _rename_operations(paths)
    bare = _bare({name: name.rpartition(".")[2] for name in schemas})
    for node in (paths, schemas):
        _point(node, bare)
    components = {**document["components"], "schemas": {bare[name]: schema for name, schema in schemas.items()}}
    return {**document, "paths": paths, "components": components}


def _rename_operations(paths: Document) -> None:
    own = list(operations({"paths": paths}))
    names = {
        operation["operationId"]: short_name(operation["operationId"].rpartition(".")[2], method, path)
        for method, path, operation in own
    }
    bare = _bare(names)
    for _, _, operation in own:
        operation["operationId"] = bare[operation["operationId"]]
        operation["tags"] = [tag.rpartition(": ")[2] for tag in operation["tags"]]


def _bare(short: dict[str, str]) -> dict[str, str]:
    """Name to short name, or to itself where two would be called the same."""
    times = Counter(short.values())
    return {name: bare if times[bare] == 1 else name for name, bare in short.items()}


def _point(node: Any, bare: dict[str, str]) -> None:  # noqa: ANN401 - any JSON value
    """Let every reference point to the new names."""
    if isinstance(node, list):
        for item in node:
            _point(item, bare)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                node[key] = REFERENCE + bare[value.removeprefix(REFERENCE)]
            elif key == "mapping" and isinstance(value, dict):
                node[key] = {name: REFERENCE + bare[target.removeprefix(REFERENCE)] for name, target in value.items()}
            else:
                _point(value, bare)
