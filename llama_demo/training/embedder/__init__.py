"""The table that turns a text into a vector: its data, its training, its measurements."""
