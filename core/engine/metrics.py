"""What is counted of the machinery's own work, to be watched from outside: never who or what."""

from prometheus_client import Counter, Histogram

EVENTS = Counter(
    "amicale_events",
    "Events taken from a platform and committed.",
    ["community", "platform", "kind"],
)
REFUSED = Counter(
    "amicale_events_refused",
    "Events not committed: `away` is handed over again, `failed` is a fault of ours.",
    ["community", "platform", "why"],
)
COMMITTED = Histogram(
    "amicale_event_commit_seconds",
    "From an event's arrival to its commit; `crowd` is committed in groups, `asked` one by one.",
    ["community", "way"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
DELIVERIES = Counter(
    "amicale_deliveries",
    "Tries to deliver what is owed, by what came of them.",
    ["community", "platform", "outcome"],
)
JOBS = Counter(
    "amicale_jobs", "Jobs tried, by what came of them.", ["community", "kind", "outcome"]
)
"""Metric names and units follow https://prometheus.io/docs/practices/naming/."""
