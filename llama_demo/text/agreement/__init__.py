"""What a text and its translation must agree in: numbers, dates, negation, places."""
