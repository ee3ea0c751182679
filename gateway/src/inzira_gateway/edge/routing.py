"""From a method and a path to a registered route, and what is refused on the way."""

from collections.abc import Iterable
from dataclasses import dataclass

from inzira_platform.errors import DomainError, Kind

from inzira_gateway.edge.paths import PathTable, Template, is_clean
from inzira_gateway.registry.domain import Route


class NoSuchAddressError(DomainError):
    kind = Kind.NOT_FOUND
    code = "not-found"
    message = "There is nothing at this address."


class MethodNotAllowedError(Exception):
    """The address exists and takes other methods."""

    def __init__(self, template: str, allow: str) -> None:
        self.template = template
        self.allow = allow
        super().__init__(template)


@dataclass(frozen=True, slots=True)
class Routed:
    """A route and the path to ask its service for."""

    route: Route
    target: str


class Routing:
    """The registry, ready to be asked."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._templates: dict[str, Template] = {}
        self._routes: dict[str, dict[str, Route]] = {}
        for route in routes:
            self._templates[route.path] = Template(route.path, route.params)
            self._routes.setdefault(route.path, {})[route.method] = route
        self._table = PathTable(self._templates.values())

    def find(self, method: str, raw_path: bytes, path: str) -> Routed:
        """The route with the upstream path rebuilt from validated values.

        Raises NoSuchAddressError (also for every disguised path) or MethodNotAllowedError.
        """
        match = self._table.find(path) if is_clean(raw_path, path) else None
        if match is None:
            raise NoSuchAddressError
        by_method = self._routes[match.template]
        route = by_method.get(method)
        if route is None:
            raise MethodNotAllowedError(match.template, ", ".join(sorted(by_method)))
        return Routed(route, self._templates[match.template].build(match.values))
