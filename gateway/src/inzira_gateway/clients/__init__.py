"""What the gateway asks of the services."""
