"""What the community knows: solved questions, tips, sheets and replays, found again."""
