"""A small encoder cut from a pretrained one: fewer pieces and layers, unchanged weights in the others."""
