"""Assessments in twelve domains and the signed versions of the plan."""
