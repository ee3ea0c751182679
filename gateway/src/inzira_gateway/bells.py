"""The bells of the gateway's worker (inzira_platform/bell.py): who changes what they wait for, rings."""

WEBHOOKS = "inzira_webhooks"
"""Something for a partner is in the feed, a message is due, or who may be told changed."""
REBUILD = "inzira_rebuild"
"""A rebuild of the read model was asked for."""
