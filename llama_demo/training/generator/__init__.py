"""The LLaMA decoder that writes stories and poems: its data, its training, its measurements."""
