"""The Safety tab: the content policy for its readers, cards of the models, the log of decisions."""
