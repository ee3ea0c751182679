"""Backup and restore of all databases of a stack to one consistent point (docs/adr/0007)."""
