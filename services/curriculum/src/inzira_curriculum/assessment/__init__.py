"""Knowledge tests before and after, with one resit."""
