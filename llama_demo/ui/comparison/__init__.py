"""Comparison of two models, in the Models tab: its stream, the vote, and the tallies."""
