"""The runs on the page: which there are, what steers them, and what is said about each."""
