"""The way in: path matching, limits, tokens, and the pass-through to the services."""
