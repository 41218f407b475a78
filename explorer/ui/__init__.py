"""The windows: everything that the user touches."""
