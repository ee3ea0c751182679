"""What the door counts; exposed with the platform's metrics."""

from inzira_platform.metrics import REGISTRY
from prometheus_client import Counter, Histogram

ANSWERED = Counter("gateway_requests_total", "answers", ["upstream", "status"], registry=REGISTRY)
SECONDS = Histogram(
    "gateway_request_seconds",
    "time to the end of the answer",
    ["upstream"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)
LIMITED = Counter("gateway_limited_total", "requests refused by a rate limit", ["rate"], registry=REGISTRY)
