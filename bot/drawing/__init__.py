"""Pictures that we draw ourselves: a household's card, a pick-up card, the honour board; and codes read from photos."""
