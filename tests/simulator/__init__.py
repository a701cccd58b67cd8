"""A whole neighbourhood by chance: years of evenings for the desk, each of which can be played again.

`play.py` draws steps from `acts/` and looks after each at what `invariants/` says must never break. A seed fixes all of
it: the people, the faults, the clock. See docs/decisions/the-simulator.md.
"""
