"""Tests of the Safety tab."""
