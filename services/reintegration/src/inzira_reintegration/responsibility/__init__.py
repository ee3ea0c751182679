"""Who is responsible: assignments and handovers, never nobody and never two."""
