"""What the services of Inzira say to each other: event types, topics, the envelope and the permission table.

Pure declarations: no I/O beyond reading the data files shipped in this package, no framework, no tables.
"""
