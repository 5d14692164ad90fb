"""The step of the tour in which a visitor probes the models for bias."""
