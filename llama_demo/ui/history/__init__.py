"""The History tab, its exports and imports."""
