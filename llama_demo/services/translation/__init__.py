"""Translation: texts and documents, the glossary, and the dictionary."""
