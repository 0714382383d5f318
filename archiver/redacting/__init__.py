"""Secrets: found in what is to be written, and put out of it before it is."""
