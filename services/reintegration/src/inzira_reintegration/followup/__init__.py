"""Milestones before release and the follow-up after it: what is due, what was done, what was missed."""
