"""The views that ship with the gateway: one file for each version of each, never changed once granted."""

from collections.abc import Iterable, Iterator
from importlib.resources import files

import yaml

from inzira_gateway.grant.domain import View, ViewInvalidError


class Catalogue:
    """Views by name and version."""

    def __init__(self, views: Iterable[View]) -> None:
        self._views = {(view.name, view.version): view for view in views}

    def get(self, name: str, version: int) -> View:
        """Raises ViewInvalidError for one that does not exist, or lists a field the source does not have."""
        view = self._views.get((name, version))
        if view is None or view.missing:
            raise ViewInvalidError
        return view

    def __iter__(self) -> Iterator[View]:
        return iter(sorted(self._views.values(), key=lambda view: (view.name, view.version)))


def load_catalogue() -> Catalogue:
    """Every view in `views/`."""
    folder = files("inzira_gateway.grant") / "views"
    return Catalogue(_parse(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".yaml"))


def _parse(text: str) -> View:
    entry = yaml.safe_load(text)
    return View(str(entry["name"]), int(entry["version"]), tuple(str(name) for name in entry["fields"]))
