"""Building the read model anew from the services' journals, beside the one that answers."""
