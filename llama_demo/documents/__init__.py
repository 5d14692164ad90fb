"""Document formats: files are read as blocks of text, and rewritten with translations."""
