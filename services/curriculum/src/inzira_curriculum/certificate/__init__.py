"""Certificates that say what was learned and never where."""
