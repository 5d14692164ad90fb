"""One format a file: ``read(data: bytes, suffix: str) -> Parsed``; they run in the worker process only."""
