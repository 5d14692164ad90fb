"""The step of the tour that answers questions people ask."""
