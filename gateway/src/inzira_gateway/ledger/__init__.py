"""The disclosure ledger: who was shown whom, when and why."""
