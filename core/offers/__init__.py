"""Jobs and missions members share, for who asked to hear of them."""
