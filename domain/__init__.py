"""What is true: states, moves, ladders, prices, calendars, who may do what. No I/O and no clock of its own."""
