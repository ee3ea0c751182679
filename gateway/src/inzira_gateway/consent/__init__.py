"""What persons agreed to share with whom, and what laws demand: intake's ledger as far as the door needs it."""
