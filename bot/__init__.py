"""How the desk is said on Telegram."""
