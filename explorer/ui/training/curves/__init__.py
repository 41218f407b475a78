"""The curves of the runs, what is read off them, and how they are saved."""
