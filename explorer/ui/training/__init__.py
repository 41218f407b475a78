"""The Training page: a network that learns while one looks."""
