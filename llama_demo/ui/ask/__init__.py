"""The Ask tab: what it shows, sends, looks up and is asked for."""
