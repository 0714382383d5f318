"""Bytes: how they were had, what they hash to, and that the log holds them."""
