"""The Hugging Face Hub. No other layer opens a connection to another machine."""
