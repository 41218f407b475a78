"""The Network page: a stack of layers, the picture that flows through it, and what one can do."""
