"""What happens to a case as the custody of the person moves on."""
