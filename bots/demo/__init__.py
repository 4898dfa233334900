"""A community's first four weeks, played on the stand-ins through the real client libraries."""
