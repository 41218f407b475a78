"""What a run is to be: the settings, and what it can start from."""
