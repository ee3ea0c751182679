"""What a partner is shown: persons inside its grants, by ids of its own, in views that were granted."""
