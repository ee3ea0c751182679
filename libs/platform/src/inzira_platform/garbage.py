"""How much the garbage collector looks at in a process that runs for long."""

import gc
from typing import Final

YOUNG: Final = 10_000
"""Objects made since it last looked, some megabytes. Python's own 700 are what one or two requests hold."""


def settle() -> None:
    """Call once everything a process starts with is made: that stays, and is not looked at again while others wait.

    Of what comes after, the young are looked at when there are many: most of what requests in flight hold is no
    garbage yet.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
    gc.enable()
