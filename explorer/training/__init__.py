"""Training: a run as a generator, its devices, and the session that a thread works through.

Everything but ``networks``, ``devices``, ``threads`` and ``engine`` with what it is made of can be
imported without torch, so that a window can be on the screen before torch is loaded.
"""
