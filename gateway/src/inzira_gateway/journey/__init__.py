"""The journey of one person: what happened, across all services, in order."""
