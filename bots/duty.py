"""What one process does; by itself so that the command line loads nothing else for its help."""

from enum import StrEnum


class Duty(StrEnum):
    """Everything, the platforms' connections with what is delivered there, or the jobs."""

    ALL = "all"
    GATEWAY = "gateway"
    WORKER = "worker"
