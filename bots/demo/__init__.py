"""A community's first nine days, played on the stand-ins through the real client libraries."""
