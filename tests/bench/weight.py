"""How much memory this process holds."""

import resource
from pathlib import Path


def resident() -> float:
    """Megabytes held now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def most() -> float:
    """Megabytes held at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
