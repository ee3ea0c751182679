"""Closing a case: criteria explained, request, approval by a supervisor."""
