"""Local stand-ins that speak the three wire protocols, and the people who live in them."""
