"""Curriculum: programme templates, cohorts, enrolment, attendance, completion and certificates.

Holds no names.
"""
