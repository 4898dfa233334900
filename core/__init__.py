"""What a community does, whatever the platform."""
