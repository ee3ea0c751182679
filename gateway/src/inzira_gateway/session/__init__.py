"""Signing in and out: sessions and their rotating refresh tokens."""
