"""Tuning the bundled sentence encoder by contrast."""
