"""Machinery that knows no feature: events in, messages out, work due later."""
