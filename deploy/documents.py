"""Write what is generated from the code, or check that what is committed is what the code gives.

docs/openapi/<deployable>.json, docs/asyncapi.yaml, docker-compose.yml and each deployable's .env.example.
`python deploy/documents.py` writes, `--check` compares and exits 1 on a difference.
"""

import argparse
import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import import_rules
from inzira_cli import compose
from inzira_cli.processes import DEPLOYABLES, GATEWAY, command
from inzira_contracts.asyncapi import render_document
from inzira_platform.settings import ServiceSettings
from pydantic import BaseModel
from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parent.parent


def documents() -> Iterator[tuple[Path, Callable[[], str]]]:
    """Each generated file with what makes its text."""
    yield Path("docker-compose.yml"), compose.text
    yield Path(".importlinter"), import_rules.text
    yield Path("docs/asyncapi.yaml"), render_document
    for deployable in DEPLOYABLES:
        yield Path("docs/openapi", f"{deployable}.json"), partial(openapi, deployable)
        yield folder_of(deployable) / ".env.example", partial(own_env_example, deployable)


def folder_of(deployable: str) -> Path:
    """Where a deployable lives in the repository."""
    return Path(GATEWAY) if deployable == GATEWAY else Path("services", deployable)


def settings_class(deployable: str) -> type[ServiceSettings]:
    """The settings of a deployable."""
    found: type[ServiceSettings] = importlib.import_module(f"inzira_{deployable}.settings").Settings
    return found


def openapi(deployable: str) -> str:
    """Its OpenAPI document, asked of the program itself. Raises CalledProcessError."""
    asked = [sys.executable, *command(deployable, "openapi")]
    bare = {name: value for name, value in os.environ.items() if not name.startswith(f"{deployable.upper()}_")}
    answer = subprocess.run(asked, env=bare, check=True, capture_output=True, text=True)  # noqa: S603 -- our own program
    return answer.stdout.rstrip("\n") + "\n"


def own_env_example(deployable: str) -> str:
    """The .env.example of a deployable."""
    return env_example(settings_class(deployable))


def env_example(settings: type[BaseModel]) -> str:
    """Every setting with what it means; those without a default must be given."""
    prefix = str(settings.model_config.get("env_prefix", ""))
    head = [
        "# Generated from settings.py by `make openapi`. Any of these may instead be a file named like it, in lower",
        f"# case, in the folder {prefix}SECRETS_DIR. Those without a value here must be given; the others show theirs.",
    ]
    return (
        "\n".join([*head, *(line for item in settings.model_fields.items() for line in _entry(prefix, *item))]) + "\n"
    )


def _entry(prefix: str, name: str, field: FieldInfo) -> list[str]:
    variable = f"{prefix}{name.upper()}"
    if field.is_required():
        return ["", f"# {field.description}", f"{variable}="]
    return ["", f"# {field.description}", f"# {variable}={_shown(field.get_default(call_default_factory=True))}"]


def _shown(default: object) -> str:
    if default is None:
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


def main() -> int:
    """Exit code: 0 when written or up to date, 1 when something differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    checking = parser.parse_args().check
    different = []
    for path, make in documents():
        target, text = ROOT / path, make()
        if checking:
            present = target.read_text(encoding="utf-8") if target.exists() else ""
            different += [path] if present != text else []
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    for path in different:
        print(f"{path} is out of date: run `make openapi`", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
