"""Reading and writing the registry and the merged document, both shipped inside the package."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from inzira_contracts.policy import policy
from yaml import CSafeLoader

from inzira_gateway.apidocs.merge import Document, merge
from inzira_gateway.registry.domain import (
    RegistryError,
    Route,
    check_routes,
    disagreements,
    from_document,
    with_tuning,
)

PACKAGE = Path(str(files("inzira_gateway.registry")))
REGISTRY_FILE = PACKAGE / "registry.yaml"
DOCUMENT_FILE = PACKAGE / "openapi.json"
UPSTREAMS = ("intake", "curriculum", "tvet", "reintegration")
HEADER = """\
# Every route of the platform as the gateway lets it through: generated from the services' OpenAPI documents by
# `python -m inzira_gateway registry --write` and checked against them by `--check` and at boot.
# Set by hand, and kept when regenerated: rate (read | write | bulk | login), cost, timeout (seconds).
"""
INFO: Document = {
    "title": "Inzira",
    "version": "1",
    "description": "From admission to the last visit after release: every operation of the platform, through one door. "
    "Sign in at POST /v1/sessions and send the access token as `Authorization: Bearer …`.",
}


def load_routes(file: Path = REGISTRY_FILE) -> list[Route]:
    """The registered routes. Raises RegistryError when one breaks a rule."""
    return list(_routes(file.read_text("utf-8"))) if file.exists() else []


@lru_cache(maxsize=1)
def _routes(text: str) -> tuple[Route, ...]:
    """The routes a registry's text says; asked for twice at each start, and slow to read."""
    table = yaml.load(text, Loader=CSafeLoader)  # the safe loader, ten times as fast
    routes = [Route(**{**entry, "body": tuple(entry.get("body", ()))}) for entry in table["routes"]]
    check_routes(routes, policy().permissions, UPSTREAMS)
    return tuple(routes)


def load_document(file: Path = DOCUMENT_FILE) -> Document:
    """The merged OpenAPI document."""
    document: Document = json.loads(file.read_text("utf-8"))
    return document


def read_documents(folder: Path, own: Document) -> dict[str, Document]:
    """The services' documents in a folder (`<service>.json`), with the gateway's own."""
    found = {name: folder / f"{name}.json" for name in UPSTREAMS}
    documents = {name: json.loads(path.read_text("utf-8")) for name, path in found.items() if path.exists()}
    return {**documents, "gateway": own}


def render(documents: Mapping[str, Document], known: Iterable[Route]) -> tuple[str, str]:
    """Text of registry.yaml and of openapi.json as the documents want them."""
    offered = [route for name in documents for route in from_document(name, documents[name])]
    routes = with_tuning(offered, known)
    check_routes(routes, policy().permissions, UPSTREAMS)
    lines = [f"  - {_flow(route)}" for route in routes]
    merged = merge(documents, INFO, policy().public)
    text = json.dumps(merged, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    return HEADER + "routes:\n" + "\n".join(lines) + "\n", text


def compare(documents: Mapping[str, Document]) -> list[str]:
    """What is out of step between the shipped files and the documents; empty when nothing is."""
    known = load_routes()
    offered = [route for name in documents for route in from_document(name, documents[name])]
    lines = disagreements(known, offered)
    _, text = render(documents, known)
    if not DOCUMENT_FILE.exists() or DOCUMENT_FILE.read_text("utf-8") != text:
        lines.append("openapi.json is out of date")
    return lines


def check_own(routes: Iterable[Route], own: Document) -> None:
    """Raise RegistryError when the gateway's own routes and their entries disagree."""
    registered = [route for route in routes if route.upstream == "gateway"]
    lines = disagreements(registered, from_document("gateway", own))
    if lines:
        raise RegistryError("; ".join(lines))


def _flow(route: Route) -> str:
    values: dict[str, Any] = {**asdict(route), "body": list(route.body), "params": dict(route.params)}
    return yaml.safe_dump(values, default_flow_style=True, sort_keys=False, width=10_000).strip()
