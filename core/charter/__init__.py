"""The charter: what everyone agrees to before taking part, and the proof that they did."""
