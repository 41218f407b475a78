"""The Lab: one layer, its parameters, and the window sliding over the numbers."""
