"""Files: read into passages, and written again with other words."""
