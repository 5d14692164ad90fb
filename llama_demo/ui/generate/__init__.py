"""The Generate tab: what it shows and how it is set."""
