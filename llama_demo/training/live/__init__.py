"""Training a tiny LLaMA within a minute, while a visitor watches."""
