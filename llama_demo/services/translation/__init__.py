"""Translating for visitors: texts, documents, and the words that they look up."""
