"""The feed: what changed of the persons a partner may see, in order, to be followed from a cursor."""
