"""A small encoder made of a pretrained one: fewer pieces, fewer layers, the same numbers in what is left."""
