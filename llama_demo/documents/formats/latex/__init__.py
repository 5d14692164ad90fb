"""LaTeX (.tex)."""
