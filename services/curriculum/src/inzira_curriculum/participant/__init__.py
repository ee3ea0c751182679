"""People as this service needs them: where they are, their legal status and dates, replicated from events."""
