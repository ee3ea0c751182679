"""Awards: the record of RTB's certificates. They never say where they were earned."""
