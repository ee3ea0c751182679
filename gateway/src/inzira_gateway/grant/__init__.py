"""Grants: what a partner may see of whom, why, on what basis and until when, as data."""
