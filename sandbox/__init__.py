"""A Telegram of our own on loopback, with phones in a browser: the demo and the tests talk to it."""
