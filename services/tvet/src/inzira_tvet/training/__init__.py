"""A person's training in one programme: opening, states, resuming what was begun elsewhere."""
