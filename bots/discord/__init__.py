"""How the community lives on Discord: natively, through the unmodified discord.py."""
