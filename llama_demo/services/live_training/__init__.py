"""Training a tiny LLaMA on a visitor's text while they watch."""
