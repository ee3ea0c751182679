"""Who will be released: what the custody events told, until a case opens."""
