"""Figures: the whole desk beside a bare echo bot, each a ratio within one run. `make bench` prints them."""
