"""CNN Explorer: see what a convolution does."""

__version__ = "0.1.0"
