"""Measurements, whose figures are in docs/performance.md, and the pictures of the documentation."""
