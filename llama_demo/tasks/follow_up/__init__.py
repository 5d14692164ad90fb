"""Questions that lean on the conversation, such as "and when?", said so that they stand alone.

Rules, no model: a file for each language, since each leaves out other things.
"""
