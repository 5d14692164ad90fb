"""The bias probe: sentence pairs that differ in one group word, measured with each kind of model."""
