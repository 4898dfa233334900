"""Who the members are: one person, several accounts, and the roles they hold."""
