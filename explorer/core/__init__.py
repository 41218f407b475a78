"""What a layer does: torch, numpy and the standard library; no Qt, no files.

torch is imported only by the functions that ask it for numbers, so that a window can describe a
layer before torch has been loaded.
"""
