"""Training: a run as a generator, its devices, and the session that a thread works through.

Everything but ``networks``, ``devices``, ``threads``, ``weights`` and ``engine`` can be imported
without torch, so that a window can be on the screen before torch is loaded.
"""
