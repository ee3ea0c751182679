"""Who was there, day by day, for a whole class in one call."""
