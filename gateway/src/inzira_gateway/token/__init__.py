"""Signing keys, access tokens, and the exchange for internal tokens."""
