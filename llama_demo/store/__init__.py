"""SQLite: rows, not models. The only layer that knows SQL or sqlite-utils.

``database`` opens the file and gives one thread at a time the connection, ``migrations`` says what tables
there are, and each further file is one kind of row. Every function that touches a person's rows takes
their ``owner`` as a required keyword, so that nobody can forget whose rows are meant.
"""
