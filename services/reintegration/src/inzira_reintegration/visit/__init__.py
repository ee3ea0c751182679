"""Visits and other contacts with a released person."""
