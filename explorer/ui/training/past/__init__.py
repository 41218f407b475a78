"""Earlier moments of a run: how they are chosen, and what the network was like then."""
