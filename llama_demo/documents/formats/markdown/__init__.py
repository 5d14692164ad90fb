"""Markdown (.md)."""
