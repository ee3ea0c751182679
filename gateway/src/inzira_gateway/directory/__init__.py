"""Finding persons, and counting them by stage and facility."""
