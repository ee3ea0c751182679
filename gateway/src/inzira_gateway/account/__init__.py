"""Who may sign in, as what, and with which reach."""
