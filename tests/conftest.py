"""What every test starts from and leaves behind."""

import logging
import os
import sys
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

# A busy machine is slow, not wrong; and what CI tries must be what a developer can try again.
settings.register_profile(
    "house",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """Give back the loggers: the command line sets them up for a standard error of its own."""
    handlers, level, hook = list(logging.root.handlers), logging.root.level, sys.excepthook
    yield
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    sys.excepthook = hook
