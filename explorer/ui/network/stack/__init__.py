"""The left side of the Network page: its layers, one below the other, and what each one needs."""
