"""How we speak on each platform, and how the suite starts."""
