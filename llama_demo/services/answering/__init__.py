"""Questions and answers: about a text, about a visitor's documents, or open chat."""
