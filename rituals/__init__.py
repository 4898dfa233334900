"""Recurring appointments: whose turn it is, what is published, and who takes part."""
