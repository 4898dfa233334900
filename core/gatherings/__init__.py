"""Events people sign up for, with one list across platforms."""
