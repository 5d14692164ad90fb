"""Files with their words exchanged and everything else kept: one file a format."""
