"""Metrics of the backbone, one registry per process (events.md 2)."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

REGISTRY = CollectorRegistry()

OUTBOX_PENDING = Gauge("outbox_pending_count", "events committed and not yet published", registry=REGISTRY)
OUTBOX_OLDEST = Gauge("outbox_oldest_seconds", "age of the oldest unpublished event", registry=REGISTRY)
RELAY_LEADER = Gauge("relay_is_leader", "1 while this process publishes", registry=REGISTRY)
RELAY_PUBLISHED = Counter("relay_published_total", "events published", registry=REGISTRY)
RELAY_REPUBLISHED = Counter(
    "relay_republished_total", "events put back because the broker lost its log", registry=REGISTRY
)
CONSUMER_LAG = Gauge("consumer_lag", "records not yet consumed", ["topic"], registry=REGISTRY)
EVENT_AGE = Gauge("event_age_seconds", "age of the event applied last", ["topic"], registry=REGISTRY)
APPLIED = Counter("events_applied_total", "events whose effects were written", registry=REGISTRY)
INBOX_DUPLICATES = Counter("inbox_duplicates_total", "deliveries seen before", registry=REGISTRY)
VERSION_GAPS = Counter("version_gaps_total", "events that arrived before their predecessor", registry=REGISTRY)
PARKED = Gauge("parked_events", "events parked and not replayed", ["reason"], registry=REGISTRY)
REBALANCES = Counter("rebalances_total", "assignments received", registry=REGISTRY)


def exposition() -> bytes:
    """The Prometheus text format."""
    return generate_latest(REGISTRY)
