"""The encoder that marks answers: its data, its training, its measurements."""
