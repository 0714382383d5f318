"""Labels: what a page is, when it is not the page that was asked for."""
