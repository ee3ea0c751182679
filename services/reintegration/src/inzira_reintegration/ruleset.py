"""Loads the rule sets from their files: once per process, newest effective date first."""

from datetime import date
from functools import lru_cache
from importlib.resources import files

import yaml

from inzira_reintegration.rules import AssignmentRules, Rules
from inzira_reintegration.settings import RuleFiles

FOLDER = files("inzira_reintegration") / "rulesets"


@lru_cache(maxsize=1)
def all_rules() -> tuple[Rules, ...]:
    """Every follow-up rule set, the newest first.

    Raises pydantic.ValidationError when a file does not follow `rules.py`.
    """
    found = [
        Rules.model_validate(yaml.safe_load(entry.read_text("utf-8")))
        for entry in FOLDER.iterdir()
        if entry.name.startswith("follow-up-")
    ]
    return tuple(sorted(found, key=lambda rules: rules.effective_from, reverse=True))


@lru_cache(maxsize=512)
def rules_on(day: date) -> Rules:
    """The rule set in force on `day`; the oldest one for days before any."""
    known = all_rules()
    return next((rules for rules in known if rules.effective_from <= day), known[-1])


@lru_cache(maxsize=1)
def assignment_rules() -> AssignmentRules:
    """Duty queues per district: the site's own file (REINTEGRATION_ASSIGNMENT_FILE), or the shipped one.

    Raises OSError or pydantic.ValidationError when the site's file cannot be used.
    """
    file = RuleFiles().assignment_file or FOLDER / "assignment-v1.yaml"
    return AssignmentRules.model_validate(yaml.safe_load(file.read_text("utf-8")))
