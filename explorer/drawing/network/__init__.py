"""A network as a picture: from left to right what every layer makes of what it gets."""
