"""The app's models in the form of OpenAI's API, under ``/v1``, for the programs that speak it.

The composition root hands in what the page has too: the limits, the visits, and the sentences of errors.
"""
