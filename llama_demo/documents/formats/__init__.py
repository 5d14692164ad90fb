"""One module a format, entered in ``FORMATS``: ``read(data: bytes, suffix: str) -> Document``."""
