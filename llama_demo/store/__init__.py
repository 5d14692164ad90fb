"""SQLite: rows, not models. The only layer that knows SQL or sqlite-utils.

``database`` opens the file and gives the connection to one thread at a time, ``migrations`` makes the
tables, and each further file is one kind of row. Every function that touches a visitor's rows takes the
``owner`` as a required keyword, so that it cannot be forgotten.
"""
