"""What a person asks for: text in, pieces of text out. Pure: no page, no database."""
