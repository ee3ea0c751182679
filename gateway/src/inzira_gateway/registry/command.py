"""`python -m inzira_gateway registry --write | --check [--docs DIR]`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from inzira_platform.commands import openapi_text
from inzira_platform.service import Service

from inzira_gateway.registry import files


def run_registry(service: Service, arguments: Sequence[str]) -> int:
    """Write the registry and the merged document, or say what is out of step; the exit code."""
    parser = argparse.ArgumentParser(prog="inzira-gateway registry")
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--write", action="store_true", help="regenerate registry.yaml and openapi.json")
    mode.add_argument("--check", action="store_true", help="exit with 1 when they are out of date")
    parser.add_argument("--docs", type=Path, default=Path("docs/openapi"), help="folder of the services' documents")
    options = parser.parse_args(arguments)
    documents = files.read_documents(options.docs, json.loads(openapi_text(service)))
    if options.write:
        registry, document = files.render(documents, files.load_routes())
        files.REGISTRY_FILE.write_text(registry, "utf-8")
        files.DOCUMENT_FILE.write_text(document, "utf-8")
        return 0
    lines = files.compare(documents)
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0
