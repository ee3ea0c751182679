"""The example settings name every setting there is."""

from pathlib import Path

from inzira_curriculum.settings import Settings


def test_the_example_names_every_setting() -> None:
    lines = (Path(__file__).parents[3] / ".env.example").read_text().splitlines()
    named = {line.split("=")[0] for line in lines if line and not line.startswith("#")}
    assert named == {f"CURRICULUM_{name.upper()}" for name in Settings.model_fields}
