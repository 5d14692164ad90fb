"""Web pages (.html, .xhtml)."""
