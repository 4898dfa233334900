"""What the suite carries, each figure measured beside its reference in the same run."""
