"""What answers a request runs in the event loop."""

from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import isasyncgenfunction, iscoroutinefunction

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from inzira_cli.processes import DEPLOYABLES
from inzira_platform.operations import operations_router


@pytest.mark.parametrize("deployable", DEPLOYABLES)
def test_no_request_is_sent_to_a_thread(deployable: str) -> None:
    """A route or dependency that is a plain `def` goes to a thread each time, which costs more than all it does."""
    service = import_module(f"inzira_{deployable}.main").SERVICE
    routes = [route for router in (*service.routers, operations_router(service)) for route in router.routes]
    called = {call for route in routes if isinstance(route, APIRoute) for call in _called(route.dependant)}
    assert len(called) > len(routes)
    assert [call.__qualname__ for call in called if not (iscoroutinefunction(call) or isasyncgenfunction(call))] == []


def _called(dependant: Dependant) -> Iterator[Callable[..., object]]:
    if dependant.call is not None:
        yield dependant.call
    for inner in dependant.dependencies:
        yield from _called(inner)
