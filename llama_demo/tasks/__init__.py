"""Tasks of language models: text in, text or values out. Pure: no page, no database."""
