"""The road, driven by its users over the gateway's HTTP interface: one module per leg, `drive.py` in their order."""
