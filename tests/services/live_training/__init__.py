"""Tests of the live training."""
