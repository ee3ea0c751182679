"""Webhooks: a partner's system is told that its feed holds something new, and nothing else (Standard Webhooks 1.0)."""
