"""Handwritten digits: reading IDX files, the bundled set, folders of MNIST-like data."""
