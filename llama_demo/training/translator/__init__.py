"""The encoder-decoder that translates: its data, its training, its measurements."""
