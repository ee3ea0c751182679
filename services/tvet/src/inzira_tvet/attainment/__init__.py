"""Statements of attainment, and the ways a training is cut short."""
