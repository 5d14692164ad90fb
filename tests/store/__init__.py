"""Tests of the store. A package, because the services have a test_runs.py too."""
