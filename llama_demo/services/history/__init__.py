"""The rows of what was run: written, found, taken out and brought back."""
