"""Neural networks in NumPy, for the built-in algorithms that learn one: small enough for a CPU, and nothing to install.

Its modules import NumPy when they are imported, so import them where an algorithm trains or answers.
"""
