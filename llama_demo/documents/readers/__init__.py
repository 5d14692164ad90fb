"""One format a file: ``read(data: bytes, suffix: str) -> Document``; they run in the worker process only."""
