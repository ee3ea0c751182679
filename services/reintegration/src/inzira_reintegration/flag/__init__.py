"""Flags: risks raised, with a clock until somebody acknowledges them."""
