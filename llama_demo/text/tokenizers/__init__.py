"""The vocabularies of checkpoints: strings to token ids and back."""
