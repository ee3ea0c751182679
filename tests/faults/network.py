"""Faults of the lines between processes: cut, held, slow, open one way, reset half way through a message."""

import asyncio
from typing import Any

from nemesis import Fault, Scene


def _some_link(scene: Scene) -> str:
    return scene.dice.choice([*scene.house.links.wires, "broker", "broker"])


async def _for_a_while(scene: Scene, mode: str, lasts: float, **more: float) -> dict[str, Any]:
    link = _some_link(scene)
    touched = await scene.house.links.order(link, mode, **more)
    try:
        await asyncio.sleep(lasts)
    finally:
        await scene.house.links.order(link, "open")
    return {"target": link, "seconds": lasts, "connections": touched}


async def cut(scene: Scene) -> dict[str, Any]:
    """Connections are reset and new ones refused."""
    return await _for_a_while(scene, "cut", scene.dice.choice((0.3, 1, 3, 8)))


async def stall(scene: Scene) -> dict[str, Any]:
    """Nothing passes and nobody is told; what was sent arrives late."""
    return await _for_a_while(scene, "stall", scene.dice.choice((0.5, 2, 5, 13)))


async def one_way(scene: Scene) -> dict[str, Any]:
    """Half open: requests arrive, answers do not."""
    return await _for_a_while(scene, "oneway", scene.dice.choice((0.5, 2, 5)))


async def slow(scene: Scene) -> dict[str, Any]:
    """Every message takes longer."""
    return await _for_a_while(scene, "delay", scene.dice.choice((2, 5)), seconds=scene.dice.choice((0.02, 0.1, 0.3)))


async def reset(scene: Scene) -> dict[str, Any]:
    """Some connections break, whatever they were saying."""
    link = _some_link(scene)
    touched = await scene.house.links.order(link, "reset", share=scene.dice.choice((0.3, 1)))
    return {"target": link, "connections": touched}


FAULTS = (
    Fault("net.cut", 4, "line", cut),
    Fault("net.stall", 4, "line", stall),
    Fault("net.one_way", 3, "line", one_way),
    Fault("net.slow", 3, "line", slow),
    Fault("net.reset", 6, "line", reset),
)
