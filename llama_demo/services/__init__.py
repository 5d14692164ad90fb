"""Use cases, one noun a file; the page and the endpoints call them.

A service joins tasks, store and documents for a visitor (``visits.Visit``). It uses no component of the page
and no SQL.
"""
