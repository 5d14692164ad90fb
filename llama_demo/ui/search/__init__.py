"""The Search tab: passages, the map, and the documents of the library."""
