"""How current the read model is: age per service, and waiting for one's own write."""
