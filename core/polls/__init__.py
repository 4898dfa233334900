"""Polls: asked on every platform at once, each person counted once."""
