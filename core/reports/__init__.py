"""The week in figures, for those who look after the community."""
