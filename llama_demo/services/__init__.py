"""Use cases, one noun a file: what the pages and the endpoints call.

A service joins the tasks with the store and knows who asks (``visits.Visit``). It knows no component of a
page and no SQL: the pages are above it, the database below.
"""
