"""What people give each other, weighed fairly and said aloud only with their consent."""
