"""How we speak on Telegram: the Bot API, through python-telegram-bot."""
