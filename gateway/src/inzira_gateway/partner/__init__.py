"""Partners: systems of other organisations, their keys, and the tokens they get for a signed assertion."""
