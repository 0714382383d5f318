"""Harvests: many captures in one run, with manners, and taken up again after a kill."""
