"""The case: one episode of reintegration of one person, from opening to closure."""
