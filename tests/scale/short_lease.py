"""The command line with short leases: what a killed process had in hand is free soon."""

from datetime import timedelta

from bots.__main__ import main
from core.engine import claims, jobs

SECONDS = 6
claims.LEASE = jobs.LEASE = timedelta(seconds=SECONDS)

if __name__ == "__main__":
    main()
