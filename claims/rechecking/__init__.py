"""Rechecks: the cited pages captured again, and what has become of the quotes."""
