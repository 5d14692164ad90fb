"""Comparison: one prompt, two models side by side, and votes on which did better."""
