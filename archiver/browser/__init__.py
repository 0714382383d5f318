"""Captures by a browser: Chromium behind a recording proxy of our own."""
