"""The mutants still fit the code they break: what each replaces is there, and takes the same number of things."""

import subprocess
import sys
from pathlib import Path

import pytest
from mutations import MUTATIONS

MUTANTS = Path(__file__).with_name("mutants")
FIT = """
import inspect, sys
sys.path.insert(0, sys.argv[1])
from inzira_platform import consumer, inbox, outbox, pending, relay
places = [(inbox.Inbox, "_one"), (consumer.ConsumerRunner, "_take"), (outbox, "emit"), (outbox, "_row"),
          (relay.Relay, "_publish_with")]
before = [inspect.signature(getattr(owner, name)) for owner, name in places]
found = [getattr(owner, name) for owner, name in places], inbox.NEW
__import__(sys.argv[2]).change(["inzira_intake", sys.argv[3]])
after = [inspect.signature(getattr(owner, name)) for owner, name in places]
assert [len(one.parameters) for one in before] == [len(one.parameters) for one in after], (before, after)
assert ([getattr(owner, name) for owner, name in places], inbox.NEW) != found, "nothing was changed"
assert pending.PENDING and relay.PUBLISHED
"""


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_a_mutant_fits(name: str) -> None:
    action = "api" if name == "publish_first" else "worker"
    done = subprocess.run(
        [sys.executable, "-c", FIT, str(MUTANTS), name, action],
        env={"INTAKE_KAFKA_BOOTSTRAP": "127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
