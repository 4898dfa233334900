"""How often and when we may write first to somebody: one budget a person, one way to reach them."""
