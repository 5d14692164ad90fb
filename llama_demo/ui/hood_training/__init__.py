"""The step of the tour in which a visitor trains a tiny LLaMA."""
