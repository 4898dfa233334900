"""The watch: what could not be delivered, when we were away, and who is told."""
