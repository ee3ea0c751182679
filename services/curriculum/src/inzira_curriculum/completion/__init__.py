"""Dosage, progress and the decision that a programme is completed, always explained."""
