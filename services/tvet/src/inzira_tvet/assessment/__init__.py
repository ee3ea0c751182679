"""Competent or not yet competent, outcome by outcome, and the integrated assessment."""
