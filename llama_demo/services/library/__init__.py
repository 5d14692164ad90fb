"""A visitor's documents: taken in, indexed, and searched."""
