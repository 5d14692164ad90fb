"""The Translate tab: two panes, documents, and what is looked up in them."""
