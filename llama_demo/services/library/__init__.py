"""The document library: ingestion, indexing, and search."""
