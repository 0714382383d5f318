"""Other archives: mementos that they hold, and pages that they are asked to save."""
