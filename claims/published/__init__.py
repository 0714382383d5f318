"""The published database: one release, read and put together as rows of tables."""
