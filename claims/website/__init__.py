"""The site over a published database: its addresses, pages, headers and server."""
