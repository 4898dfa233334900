"""What people do in each of the four weeks; all else is the suite's own doing."""
