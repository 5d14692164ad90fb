"""What a model does inside, for the page: one subject in, plain data out."""
