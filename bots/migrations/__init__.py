"""What changed in the tables, in order; written by `make migration`."""
