"""The History tab, and what the history gives away and takes in."""
