"""Tests of the Models tab."""
