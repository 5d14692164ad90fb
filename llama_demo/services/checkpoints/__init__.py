"""Checkpoints: those that are known, what they need of this machine, getting them, and switching to them."""
