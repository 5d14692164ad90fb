"""A small encoder cut from a pretrained one: fewer pieces and layers, the same weights in those that are kept."""
