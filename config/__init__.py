"""What an operator or a community builder edits, and the code that reads it."""
