"""Neural networks: tensors in, tensors out. One short file a family."""
