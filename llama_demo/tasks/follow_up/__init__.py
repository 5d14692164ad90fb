"""Follow-up questions, such as "and when?", rewritten as standalone questions.

Rules, no model: one file for each language, since languages leave out different things.
"""
