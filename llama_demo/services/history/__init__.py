"""The history: runs are recorded, listed, exported and imported."""
