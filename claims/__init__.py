"""Meaning: what is said, on what evidence, how strong; and its publication."""
