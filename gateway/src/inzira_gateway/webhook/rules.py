"""The versions of the rules of delivery that ship with the gateway."""

from functools import cache
from importlib.resources import files

import yaml

from inzira_gateway.webhook.domain import Rules


@cache
def load_rules() -> tuple[Rules, ...]:
    """Every version, as in `rulesets/delivery.yaml`."""
    text = (files("inzira_gateway.webhook") / "rulesets" / "delivery.yaml").read_text("utf-8")
    entries = yaml.safe_load(text)["versions"]
    return tuple(Rules(**{**entry, "retry_after_s": tuple(entry["retry_after_s"])}) for entry in entries)


def rules_of(version: int) -> Rules:
    """One version. Raises LookupError for one that does not ship."""
    for rules in load_rules():
        if rules.version == version:
            return rules
    raise LookupError("rules of delivery of that version do not ship")
